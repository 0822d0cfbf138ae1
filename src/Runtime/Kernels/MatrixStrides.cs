namespace Transformer.Compiled.Kernels;

/// <summary>How the left factor A of a product lies in memory, as constants: element (row, k) is at row · Row + k · Depth.</summary>
internal interface IMatrixStrides
{
    static abstract int Row { get; }

    static abstract int Depth { get; }

    /// <summary>How many floats ahead to ask for while summing along the depth; 0 where the processor foresees what comes.</summary>
    static virtual int Ahead => 0;
}

/// <summary>A is a row-major matrix with <typeparamref name="TColumns"/> columns.</summary>
internal readonly struct RowMajorStrides<TColumns> : IMatrixStrides
    where TColumns : struct, IDimension
{
    public static int Row => TColumns.Value;

    public static int Depth => 1;
}

/// <summary>A is the transpose of a row-major matrix with <typeparamref name="TColumns"/> columns.</summary>
internal readonly struct TransposedStrides<TColumns> : IMatrixStrides
    where TColumns : struct, IDimension
{
    public static int Row => 1;

    public static int Depth => TColumns.Value;
}

namespace Transformer.Compiled.Cuda;

/// <summary>An extent of a launch in three directions: blocks of a grid, or threads of a block.</summary>
/// <param name="X">Along x.</param>
/// <param name="Y">Along y.</param>
/// <param name="Z">Along z.</param>
public readonly record struct CudaDimensions(int X, int Y = 1, int Z = 1)
{
    /// <summary>All of them.</summary>
    public long Count => (long)X * Y * Z;

    /// <summary>Such as <c>32×4×1</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{X}×{Y}×{Z}");

    internal void Require(CudaDimensions largest, string kernel, string what)
    {
        if (X < 1 || Y < 1 || Z < 1 || X > largest.X || Y > largest.Y || Z > largest.Z)
            throw new ArgumentOutOfRangeException(what, this, $"Kernel '{kernel}': a {what} is from 1×1×1 to {largest}.");
    }
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>A grid with a thread for each few elements of [rows, columns], which knows its row and column.</summary>
internal readonly struct ElementGrid
{
    private const int Threads = 256;
    private readonly Extent _rows;
    private readonly int _groups;
    private readonly int _width;

    /// <param name="name">Of the kernel, without the extent's suffix.</param>
    /// <param name="formula">What it computes.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">A multiple of the width.</param>
    /// <param name="width">Elements of a thread.</param>
    public ElementGrid(string name, string formula, Extent rows, int columns, int width)
    {
        _rows = rows;
        _groups = columns / width;
        _width = width;
        Builder = new PtxBuilder(
            name + rows.Suffix, formula, new LaunchSize((rows.CheckedCount(_groups) + Threads - 1) / Threads), new LaunchSize(Threads));
    }

    public PtxBuilder Builder { get; }

    /// <summary>Ends the threads past the last element; parameters have been declared.</summary>
    public (U32 Row, U32 Column) Begin() => Begin(_rows.Count(Builder, _groups));

    /// <inheritdoc cref="Begin()"/>
    public (U32 Row, U32 Column) Begin(ControlBlock control) => Begin(_rows.Count(Builder, control, _groups));

    private (U32 Row, U32 Column) Begin(U32 threads)
    {
        PtxBuilder k = Builder;
        U32 index = k.MultiplyAdd(k.BlockX, Threads, k.Thread);
        k.ExitIf(k.AtLeast(index, threads));
        U32 row = k.Divide(index, _groups);
        U32 group = k.Subtract(index, k.Multiply(row, _groups));
        return (row, k.Multiply(group, _width));
    }
}

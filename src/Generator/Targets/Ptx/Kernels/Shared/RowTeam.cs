namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The threads that work on one row of [rows, columns]: a warp, of which a block has several, or, for long rows, a block. They meet in sums
/// that have one order whatever runs first: each thread over its own columns, then a tree over the lanes, then the warps in order.
/// </summary>
internal sealed class RowTeam
{
    private const int WarpSize = 32;
    private const int RowsPerBlock = 4;
    private const int LongRow = 2048;
    private const int LongRowThreads = 256;
    private readonly PtxBuilder _k;
    private readonly int _columns;
    private readonly int _threads;
    private readonly U32 _member;
    private int _meetings;

    private RowTeam(PtxBuilder k, int columns, U32 row, U32 member)
    {
        _k = k;
        _columns = columns;
        _threads = columns >= LongRow ? LongRowThreads : WarpSize;
        Row = row;
        _member = member;
        Width = columns % 4 == 0 ? 4 : 1;
    }

    /// <summary>This team's row.</summary>
    public U32 Row { get; }

    /// <summary>Columns that a thread takes at once: 1 or 4.</summary>
    public int Width { get; }

    /// <summary>The builder of a kernel with a team for each row.</summary>
    public static PtxBuilder Kernel(string name, string formula, Extent rows, int columns) => columns >= LongRow
        ? new PtxBuilder(name + rows.Suffix, formula, new LaunchSize(rows.Most), new LaunchSize(LongRowThreads))
        : new PtxBuilder(name + rows.Suffix, formula, new LaunchSize((rows.Most + RowsPerBlock - 1) / RowsPerBlock), new LaunchSize(RowsPerBlock * WarpSize));

    /// <summary>This thread's team; teams past the last row end. All parameters but the control block have been declared.</summary>
    public static RowTeam Begin(PtxBuilder k, Extent rows, int columns)
    {
        bool isBlock = columns >= LongRow;
        U32 row = isBlock ? k.BlockX : k.MultiplyAdd(k.BlockX, RowsPerBlock, k.ShiftRight(k.Thread, 5));
        U32 member = isBlock ? k.Thread : k.And(k.Thread, WarpSize - 1);
        k.ExitIf(k.AtLeast(row, rows.Count(k)));
        return new RowTeam(k, columns, row, member);
    }

    /// <summary>The address of the row's first element in a tensor [rows, columns].</summary>
    public GlobalAddress RowOf(GlobalAddress tensor) => _k.Element(tensor, _k.Multiply(Row, _columns));

    /// <summary>The body for each few columns of this thread, by their first.</summary>
    public void ForEachColumn(Action<U32> body) => _k.For(_k.Multiply(_member, Width), _columns, _threads * Width, body);

    /// <summary>For the first thread of the team.</summary>
    public void Once(Action body) => _k.If(_k.AreEqual(_member, 0), body);

    /// <summary>The sum over the team, known to all.</summary>
    public F32 Sum(F32 value) => Combine(value, (a, b) => _k.Add(a, b));

    /// <summary>The greatest over the team, known to all.</summary>
    public F32 Greatest(F32 value) => Combine(value, (a, b) => _k.Greatest(a, b));

    private F32 Combine(F32 value, Func<F32, F32, F32> combine) => _threads == WarpSize
        ? BlockSum.OfWarp(_k, value, combine)
        : BlockSum.Combine(_k, $"parts{InvariantNumber.Text(_meetings++)}", [value], combine)[0];
}

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>
/// The leading extent of a tensor: a constant, or as many rows as the control block says, times a constant (the heads of a row). Grids are sized
/// for the greatest.
/// </summary>
internal readonly record struct Extent
{
    private readonly int _rows;
    private readonly int _multiple;

    private Extent(int rows, int multiple, bool isBounded)
    {
        if (rows < 1 || multiple < 1) throw new ArgumentOutOfRangeException(nameof(rows), $"{rows} rows times {multiple}: both are at least 1.");
        _rows = rows;
        _multiple = multiple;
        IsBounded = isBounded;
    }

    /// <summary>Whether the control block says how much of it is there.</summary>
    public bool IsBounded { get; }

    public int Most => checked(_rows * _multiple);

    /// <summary>For the names of kernels.</summary>
    public string Suffix => IsBounded ? "_Bounded" : "";

    public static Extent Of(int rows) => new(rows, 1, isBounded: false);

    /// <summary>At most as many, by the control block.</summary>
    public static Extent UpTo(int rows) => new(rows, 1, isBounded: true);

    /// <summary>Several units for each row.</summary>
    public Extent Times(int multiple) => new(_rows, checked(_multiple * multiple), IsBounded);

    public override string ToString() => InvariantNumber.Text(Most);

    /// <summary>How many there are, times a constant; a bounded extent reads the control block, the next parameter.</summary>
    public U32 Count(PtxBuilder k, int each = 1) => IsBounded ? Count(k, new ControlBlock(k), each) : CheckedCount(each);

    /// <summary>As the other, for kernels that read more of the control block.</summary>
    public U32 Count(PtxBuilder k, ControlBlock control, int each = 1) =>
        IsBounded ? k.Multiply(control.Word(ControlField.Rows), CheckedCount(each) / _rows) : CheckedCount(each);

    /// <summary>The greatest count; indices of elements are words.</summary>
    public int CheckedCount(int each)
    {
        long count = (long)Most * each;
        return count <= int.MaxValue ? (int)count : throw new ArgumentOutOfRangeException(nameof(each), each, $"{Most} times {each} elements do not fit in 31 bits.");
    }
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>In which direction the elements of a factor follow each other in memory.</summary>
internal enum RunDirection
{
    AlongDepth,
    AcrossDepth,
}

/// <summary>
/// A factor of a product in memory, the left or the right one: element (depth, line), where a line is a row of the left factor or a column of
/// the right one.
/// </summary>
/// <param name="Name">Of its tile.</param>
/// <param name="Start">The first element.</param>
/// <param name="Lines">Lines that may be read.</param>
/// <param name="Depth">Depths that may be read.</param>
internal abstract record TileSource(string Name, GlobalAddress Start, int Lines, int Depth)
{
    /// <summary>Elements in 4 bytes: 2 in a copy that has been rounded to bfloat16, which lies in panels.</summary>
    public int ElementsOfWord { get; init; } = 1;

    public abstract RunDirection Direction { get; }

    /// <summary>Elements that can be loaded at once: those of 16 bytes where each run of as many begins at a multiple of 16 bytes, else 1.</summary>
    public abstract int Vector { get; }

    /// <summary>Elements from one line to the next, for runs along the depth; from one depth to the next for the others.</summary>
    public abstract int Stride { get; }

    public abstract U32 Index(PtxBuilder k, U32 depth, U32 line);

    /// <summary>The address of an element; of two to a word, of an even one.</summary>
    public GlobalAddress Place(PtxBuilder k, U32 depth, U32 line)
    {
        U32 index = Index(k, depth, line);
        return k.Element(Start, ElementsOfWord == 2 ? k.ShiftRight(index, 1) : index);
    }

    /// <summary><see cref="Distance"/> in words.</summary>
    public int WordDistance(int depths, int lines) => Distance(depths, lines) / ElementsOfWord;

    /// <summary>Elements from one element to another: less than 16 depths further on within a tile, or a multiple of 16, and as many lines, in multiples of 16.</summary>
    public abstract int Distance(int depths, int lines);

    /// <summary>m[line, depth], row after row.</summary>
    internal sealed record Rows(string Name, GlobalAddress Start, int Lines, int Depth) : TileSource(Name, Start, Lines, Depth)
    {
        public override RunDirection Direction => RunDirection.AlongDepth;

        public override int Vector => Depth % 4 == 0 ? 4 : 1;

        public override int Stride => Depth;

        public override U32 Index(PtxBuilder k, U32 depth, U32 line) => k.MultiplyAdd(line, Depth, depth);

        public override int Distance(int depths, int lines) => checked(lines * Depth + depths);
    }

    /// <summary>m[depth, line], row after row.</summary>
    internal sealed record Columns(string Name, GlobalAddress Start, int Lines, int Depth) : TileSource(Name, Start, Lines, Depth)
    {
        public override RunDirection Direction => RunDirection.AcrossDepth;

        public override int Vector => Lines % 4 == 0 ? 4 : 1;

        public override int Stride => Lines;

        public override U32 Index(PtxBuilder k, U32 depth, U32 line) => k.MultiplyAdd(depth, Lines, line);

        public override int Distance(int depths, int lines) => checked(depths * Lines + lines);
    }

    /// <summary>Panels of 16 lines: (depth, line) at ((line / 16) · Depth + depth) · 16 + line % 16; pad lines are zeros.</summary>
    internal sealed record PanelLines(string Name, GlobalAddress Start, int LogicalLines, int Depth)
        : TileSource(Name, Start, Panel.Count(LogicalLines) * Panel.Width, Depth)
    {
        public override RunDirection Direction => RunDirection.AcrossDepth;

        public override int Vector => 4 * ElementsOfWord;

        public override int Stride => Panel.Width;

        public override U32 Index(PtxBuilder k, U32 depth, U32 line)
        {
            U32 row = k.MultiplyAdd(k.ShiftRight(line, 4), Depth, depth);
            return k.MultiplyAdd(row, Panel.Width, k.And(line, Panel.Width - 1));
        }

        public override int Distance(int depths, int lines) => checked((lines / Panel.Width * Depth + depths) * Panel.Width);
    }

    /// <summary>Panels of 16 depths: (depth, line) at ((depth / 16) · Lines + line) · 16 + depth % 16; pad depths are zeros.</summary>
    internal sealed record PanelDepths(string Name, GlobalAddress Start, int Lines, int LogicalDepth)
        : TileSource(Name, Start, Lines, Panel.Count(LogicalDepth) * Panel.Width)
    {
        public override RunDirection Direction => RunDirection.AlongDepth;

        public override int Vector => 4 * ElementsOfWord;

        public override int Stride => Panel.Width;

        public override U32 Index(PtxBuilder k, U32 depth, U32 line)
        {
            U32 row = k.MultiplyAdd(k.ShiftRight(depth, 4), Lines, line);
            return k.MultiplyAdd(row, Panel.Width, k.And(depth, Panel.Width - 1));
        }

        public override int Distance(int depths, int lines) => checked((depths / Panel.Width * Lines + lines) * Panel.Width + depths % Panel.Width);
    }
}

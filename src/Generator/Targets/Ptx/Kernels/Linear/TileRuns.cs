namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Which runs of a factor's tile each thread of a block copies: lanes follow the factor's memory.</summary>
internal abstract class TileRuns
{
    /// <summary>The maps of threads to elements are for as many.</summary>
    private const int Threads = 128;

    public static TileRuns Of(TileSource source) => (source.Direction, source) switch
    {
        (RunDirection.AlongDepth, { ElementsOfWord: 2 }) => new RoundedAlong(),
        (RunDirection.AlongDepth, _) => new Along(source.Vector),
        (_, { ElementsOfWord: 2 }) => new RoundedPanels(),
        (_, TileSource.PanelLines) => new Panels(),
        (_, { Vector: 1 }) => new Elements(),
        _ => new Rows(),
    };

    /// <summary>A thread's first run.</summary>
    public (U32 Depth, U32 Line) First(PtxBuilder k) =>
        k.Threads == Threads ? Place(k, k.Thread) : throw new ArgumentException($"A block of {k.Threads} threads; expected {Threads}.", nameof(k));

    /// <summary>Depths and lines from a thread's first run to each of its runs, for a tile of so many lines.</summary>
    public abstract IEnumerable<(int Depths, int Lines)> Of(int lines);

    protected abstract (U32 Depth, U32 Line) Place(PtxBuilder k, U32 thread);

    /// <summary>Runs at one depth, so many lines apart.</summary>
    private static IEnumerable<(int Depths, int Lines)> Every(int step, int lines, int depths = 0)
    {
        for (int line = 0; line < lines; line += step) yield return (depths, line);
    }

    /// <summary>The 16 depths of a line, then the next line.</summary>
    private sealed class Along(int width) : TileRuns
    {
        public override IEnumerable<(int Depths, int Lines)> Of(int lines) => Every(Threads * width / TileShape.Depth, lines);

        protected override (U32 Depth, U32 Line) Place(PtxBuilder k, U32 thread) =>
            (k.Multiply(k.And(thread, (TileShape.Depth / width) - 1), width), k.Divide(thread, TileShape.Depth / width));
    }

    /// <summary>In panels of 16 lines: those, then the next depth; two panels beside each other.</summary>
    private sealed class Panels : TileRuns
    {
        public override IEnumerable<(int Depths, int Lines)> Of(int lines) => Every(2 * Panel.Width, lines);

        protected override (U32 Depth, U32 Line) Place(PtxBuilder k, U32 thread)
        {
            U32 inPanel = k.Multiply(k.And(thread, 3), 4);
            return (k.And(k.ShiftRight(thread, 2), TileShape.Depth - 1), k.MultiplyAdd(k.ShiftRight(thread, 6), Panel.Width, inPanel));
        }
    }

    /// <summary>In rows of lines: 32 lines, as 8 runs, of each of 16 depths.</summary>
    private sealed class Rows : TileRuns
    {
        public override IEnumerable<(int Depths, int Lines)> Of(int lines) => Every(32, lines);

        protected override (U32 Depth, U32 Line) Place(PtxBuilder k, U32 thread) => (k.ShiftRight(thread, 3), k.Multiply(k.And(thread, 7), 4));
    }

    /// <summary>In rows of lines that begin anywhere: a warp has 32 lines of every fourth depth.</summary>
    private sealed class Elements : TileRuns
    {
        public override IEnumerable<(int Depths, int Lines)> Of(int lines)
        {
            for (int depth = 0; depth < TileShape.Depth; depth += 4)
            {
                foreach ((int Depths, int Lines) run in Every(32, lines, depth)) yield return run;
            }
        }

        protected override (U32 Depth, U32 Line) Place(PtxBuilder k, U32 thread) => (k.ShiftRight(thread, 5), k.And(thread, 31));
    }

    /// <summary>In panels of 16 depths, rounded: the two runs of a line, then the next line, 32 of them; two panels after each other.</summary>
    private sealed class RoundedAlong : TileRuns
    {
        public override IEnumerable<(int Depths, int Lines)> Of(int lines) => Every(32, lines);

        protected override (U32 Depth, U32 Line) Place(PtxBuilder k, U32 thread)
        {
            U32 inPanel = k.Multiply(k.And(thread, 1), 8);
            return (k.MultiplyAdd(k.ShiftRight(thread, 6), Panel.Width, inPanel), k.And(k.ShiftRight(thread, 1), 31));
        }
    }

    /// <summary>In panels of 16 lines, rounded: the two runs of a depth, then the next depth, 16 of them; a warp has one panel of four beside each other.</summary>
    private sealed class RoundedPanels : TileRuns
    {
        public override IEnumerable<(int Depths, int Lines)> Of(int lines) => [.. Every(4 * Panel.Width, lines), .. Every(4 * Panel.Width, lines, Panel.Width)];

        protected override (U32 Depth, U32 Line) Place(PtxBuilder k, U32 thread)
        {
            U32 inPanel = k.Multiply(k.And(thread, 1), 8);
            return (k.And(k.ShiftRight(thread, 1), Panel.Width - 1), k.MultiplyAdd(k.ShiftRight(thread, 5), Panel.Width, inPanel));
        }
    }
}

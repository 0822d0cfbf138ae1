using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Which lines of the 32 that a <see cref="FragmentReader"/> brings together make a set of 8.</summary>
internal enum LineOrder
{
    /// <summary>Those that follow each other.</summary>
    Consecutive,

    /// <summary>Every fourth one.</summary>
    EveryFourth,
}

/// <summary>
/// Where a tile of a factor lies in shared memory: 64 bytes of depth of each line. Runs of 16 bytes keep together and in order along the direction in which they are
/// copied; where a run goes within the 128 bytes that the 32 banks serve at once is chosen so that neither copies nor fragments meet in a bank (the tests
/// count it).
/// </summary>
/// <param name="Lines">A multiple of 32.</param>
/// <param name="ElementsOfWord">Of the factor: 1 of single precision, 2 that have been rounded.</param>
internal abstract record SharedTile(int Lines, int ElementsOfWord)
{
    /// <summary>Words of a run.</summary>
    public const int Run = 4;

    /// <summary>Words of a line.</summary>
    protected const int LineWords = 16;

    /// <summary>Depths of a tile.</summary>
    public int Depth => LineWords * ElementsOfWord;

    /// <summary>Elements of a run.</summary>
    public int RunElements => Run * ElementsOfWord;

    /// <summary>In words.</summary>
    public int Words => LineWords * Lines;

    public abstract LineOrder Order { get; }

    public static SharedTile Of(TileSource source, int lines) => (source.Direction, source.ElementsOfWord) switch
    {
        (RunDirection.AlongDepth, _) => new Along(lines, source.ElementsOfWord),
        (_, 1) => new Across(lines),
        _ => new RoundedAcross(lines),
    };

    /// <summary>The place of an element; of two to a word, of one that begins a run.</summary>
    public abstract U32 Word(PtxBuilder k, U32 depth, U32 line);

    /// <summary>Words from an element to another, so many depths and lines further on, but for <see cref="Swizzle"/>.</summary>
    public abstract int Distance(int depths, int lines);

    /// <summary>What the place of a run among those of 128 bytes changes by (exclusive or) as many depths further on.</summary>
    public virtual int Swizzle(int depths) => 0;

    /// <summary>
    /// [line][depth]: run r of a line is at r ^ f(line), f being line / 2 % 4 with its bits exchanged. So a run of 8 lines that follow each other is in another 16 bytes of the 128
    /// for each, and so are two runs that follow each other, of 4 lines, as they are copied from panels of 16 depths.
    /// </summary>
    internal sealed record Along(int Lines, int ElementsOfWord) : SharedTile(Lines, ElementsOfWord)
    {
        public override LineOrder Order => LineOrder.Consecutive;

        public override U32 Word(PtxBuilder k, U32 depth, U32 line)
        {
            U32 swizzle = k.Add(k.And(line, 2), k.And(k.ShiftRight(line, 2), 1));
            U32 run = k.Xor(k.Divide(depth, RunElements), swizzle), word = k.MultiplyAdd(line, LineWords, k.Multiply(run, Run));
            return ElementsOfWord == 1 ? k.Add(word, k.And(depth, Run - 1)) : word;
        }

        public override int Distance(int depths, int lines) => lines * LineWords;
    }

    /// <summary>[depth][line] in single precision: run r of a depth is at r ^ f(depth), f being 0, 5, 2, 7 for the four depths that a warp reads at once.</summary>
    internal sealed record Across(int Lines) : SharedTile(Lines, 1)
    {
        public override LineOrder Order => LineOrder.EveryFourth;

        public override int Swizzle(int depths) => (depths & 3) ^ ((depths & 1) << 2);

        public override U32 Word(PtxBuilder k, U32 depth, U32 line)
        {
            U32 place = k.And(depth, Run - 1);
            U32 run = k.Xor(k.ShiftRight(line, 2), k.MultiplyAdd(k.And(place, 1), Run, place));
            return k.Add(k.MultiplyAdd(depth, Lines, k.Multiply(run, Run)), k.And(line, Run - 1));
        }

        public override int Distance(int depths, int lines) => depths * Lines + lines;
    }

    /// <summary>
    /// [depth][line], rounded: run r of a depth is at r ^ f(depth), f being depth % 8 with its last two bits above the first. So a run of 8 depths that follow each other is in
    /// another 16 bytes of the 128 for each, and so are the two runs of a panel, of 4 depths, as they are copied.
    /// </summary>
    internal sealed record RoundedAcross(int Lines) : SharedTile(Lines, 2)
    {
        public override LineOrder Order => LineOrder.Consecutive;

        public override U32 Word(PtxBuilder k, U32 depth, U32 line)
        {
            U32 swizzle = k.MultiplyAdd(k.And(depth, 3), 2, k.And(k.ShiftRight(depth, 2), 1));
            U32 run = k.Xor(k.ShiftRight(line, 3), swizzle);
            return k.MultiplyAdd(depth, Lines / 2, k.Multiply(run, Run));
        }

        public override int Distance(int depths, int lines) => (depths * Lines + lines) / 2;
    }
}

using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Where a tile of a factor, 16 deep, lies in shared memory. Runs of four elements keep together and in order along the direction in which they are copied; where the
/// run goes within the 128 bytes that the 32 banks serve at once is chosen so that neither copies nor fragments meet in a bank (the tests count it).
/// </summary>
/// <param name="Lines">A multiple of 32.</param>
internal abstract record SharedTile(int Lines)
{
    public const int Depth = TileShape.Depth;
    protected const int Run = 4;

    public int Floats => Depth * Lines;

    public static SharedTile Of(TileSource source, int lines, Precision precision) =>
        source.Direction == RunDirection.AlongDepth ? new Along(lines) : new Across(lines, precision);

    /// <summary>The place of an element.</summary>
    public abstract U32 Word(PtxBuilder k, U32 depth, U32 line);

    /// <summary>[line][depth]: run r of a line is at r ^ line / 2 % 4, so that 8 lines that follow each other have a run each in another 16 bytes of the 128.</summary>
    internal sealed record Along(int Lines) : SharedTile(Lines)
    {
        public override U32 Word(PtxBuilder k, U32 depth, U32 line)
        {
            U32 run = k.Xor(k.ShiftRight(depth, 2), k.And(k.ShiftRight(line, 1), Run - 1));
            return k.Add(k.MultiplyAdd(line, Depth, k.Multiply(run, Run)), k.And(depth, Run - 1));
        }
    }

    /// <summary>
    /// [depth][line]: run r of a depth is at r ^ f(depth), f being 0, 5, 2, 7 for the four depths that a warp reads at once: those that follow each other (tf32), or
    /// those that are four apart (bfloat16, of which a thread has four depths that follow each other).
    /// </summary>
    internal sealed record Across(int Lines, Precision Precision) : SharedTile(Lines)
    {
        /// <summary>f of a depth that is known.</summary>
        public int Swizzle(int depth)
        {
            int place = Precision == Precision.BFloat16 ? (depth ^ (depth >> 2)) & 3 : depth & 3;
            return place ^ ((place & 1) << 2);
        }

        public override U32 Word(PtxBuilder k, U32 depth, U32 line)
        {
            U32 place = k.And(Precision == Precision.BFloat16 ? k.Xor(depth, k.ShiftRight(depth, 2)) : depth, Run - 1);
            U32 swizzle = k.MultiplyAdd(k.And(place, 1), Run, place);
            U32 run = k.Xor(k.ShiftRight(line, 2), swizzle);
            return k.Add(k.MultiplyAdd(depth, Lines, k.Multiply(run, Run)), k.And(line, Run - 1));
        }
    }
}

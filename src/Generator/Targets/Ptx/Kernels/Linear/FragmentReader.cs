namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Reads a warp's part of a factor's tile from shared memory, 32 lines at a time. The lines come as 4 sets of 8 (<see cref="LineOrder"/>), the depth of an instruction
/// as two halves: the lane 4·g + t gets, of each set, the word t of both halves of line g. A product does not depend on which line of the 32 has which
/// place in it. Four loads of 512 bytes bring 32 lines of a tile. Elements in single precision are rounded to tf32 here; others have been rounded before.
/// </summary>
internal abstract class FragmentReader
{
    private const int Sets = 4;
    private const int SetLines = 8;
    private readonly List<SharedAddress> _addresses = [];

    private FragmentReader(PtxBuilder k)
    {
        K = k;
        Lane = k.And(k.Thread, 31);
    }

    private PtxBuilder K { get; }

    private U32 Lane { get; }

    /// <param name="k">The kernel.</param>
    /// <param name="tile">How the factor's tiles lie in shared memory.</param>
    /// <param name="start">The tile of the first stage.</param>
    /// <param name="firstLine">The warp's first line in the tile.</param>
    /// <param name="lines">The warp's lines.</param>
    public static FragmentReader Of(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine, int lines) => tile switch
    {
        SharedTile.Along => new Along(k, tile, start, firstLine),
        SharedTile.Across => new Across(k, tile, start, firstLine),
        SharedTile.RoundedAcross => new RoundedAcross(k, tile, start, firstLine, lines),
        _ => throw new ArgumentException($"Nothing reads {tile}.", nameof(tile)),
    };

    /// <summary>Of 32 lines and one instruction's depth in the current stage: [set][half of the depth].</summary>
    public abstract U32[][] Read(int group, int step);

    /// <summary>Goes on to a stage so many bytes further.</summary>
    public void Advance(U32 bytes)
    {
        foreach (SharedAddress address in _addresses) K.Advance(address, bytes);
    }

    /// <summary>An address that moves with the stages.</summary>
    private SharedAddress Moving(SharedAddress start, U32 word)
    {
        SharedAddress address = K.Variable(K.Element(start, word));
        _addresses.Add(address);
        return address;
    }

    /// <summary>Two loads of four matrices, each of 2 sets by both halves of the depth, the sets first.</summary>
    private static U32[][] OfPairs(U32[] first, U32[] second) =>
        [[first[0], first[2]], [first[1], first[3]], [second[0], second[2]], [second[1], second[3]]];

    /// <summary>Matrices of 8 lines by 16 bytes of depth: 8 elements, or 4 in single precision.</summary>
    private sealed class Along : FragmentReader
    {
        private readonly SharedTile _tile;
        private readonly SharedAddress[] _steps;

        public Along(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine)
            : base(k)
        {
            _tile = tile;
            U32 line = k.Add(firstLine, k.And(Lane, 15)), half = k.Multiply(k.ShiftRight(Lane, 4), tile.RunElements);
            _steps = [Moving(start, tile.Word(k, half, line)), Moving(start, tile.Word(k, k.Add(half, 2 * tile.RunElements), line))];
        }

        public override U32[][] Read(int group, int step)
        {
            U32[] Pair(int pair)
            {
                U32[] words = K.LoadFourMatrices(_steps[step].Plus(_tile.Distance(0, MatrixTile.Group * group + 2 * SetLines * pair)));
                return _tile.ElementsOfWord == 1 ? [.. words.Select(word => K.ToTf32(word))] : words;
            }

            return OfPairs(Pair(0), Pair(1));
        }
    }

    /// <summary>Four lines at a depth to a load.</summary>
    private sealed class Across : FragmentReader
    {
        private readonly SharedTile _tile;
        private readonly SharedAddress _start;

        public Across(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine)
            : base(k)
        {
            _tile = tile;
            _start = Moving(start, tile.Word(k, k.And(Lane, 3), k.MultiplyAdd(k.ShiftRight(Lane, 2), Sets, firstLine)));
        }

        public override U32[][] Read(int group, int step)
        {
            U32[] Half(int half) => [.. K.LoadFour(_start.Plus(_tile.Distance(8 * step + 4 * half, MatrixTile.Group * group))).Select(value => K.ToTf32(value))];
            U32[] low = Half(0), high = Half(1);
            return [.. Enumerable.Range(0, Sets).Select(set => (U32[])[low[set], high[set]])];
        }
    }

    /// <summary>Matrices of 8 depths by 8 lines, turned over by the load. Their runs are at places that differ by the lane's depth, so that each pair of sets has an address of its own.</summary>
    private sealed class RoundedAcross : FragmentReader
    {
        private readonly SharedTile _tile;
        private readonly SharedAddress[] _pairs;

        public RoundedAcross(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine, int lines)
            : base(k)
        {
            _tile = tile;
            U32 depth = k.MultiplyAdd(k.ShiftRight(Lane, 4), SetLines, k.And(Lane, SetLines - 1));
            U32 line = k.MultiplyAdd(k.And(k.ShiftRight(Lane, 3), 1), SetLines, firstLine);
            _pairs = [.. Enumerable.Range(0, lines / (2 * SetLines)).Select(pair => Moving(start, tile.Word(k, depth, k.Add(line, 2 * SetLines * pair))))];
        }

        public override U32[][] Read(int group, int step)
        {
            U32[] Pair(int pair) => K.LoadFourMatricesAcross(_pairs[2 * group + pair].Plus(_tile.Distance(2 * SetLines * step, 0)));
            return OfPairs(Pair(0), Pair(1));
        }
    }
}

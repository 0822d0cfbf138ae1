using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Reads a warp's part of a factor's tile from shared memory, 32 lines at a time, and rounds it. The lines come as 4 sets of 8, the depth of an instruction as two
/// halves: the lane 4·g + t gets, of each set, the word t of both halves of line g. A product does not depend on which depth has which place in it, nor on which line
/// of the 32 has which: so both are what makes the loads wide. Four loads of 16 bytes bring 32 lines of a tile.
/// </summary>
internal abstract class FragmentReader
{
    protected const int Sets = 4;
    protected const int SetLines = 8;
    private readonly List<SharedAddress> _addresses = [];

    protected FragmentReader(PtxBuilder k)
    {
        K = k;
        Lane = k.And(k.Thread, 31);
        LaneGroup = k.ShiftRight(Lane, 2);
        LaneInGroup = k.And(Lane, 3);
    }

    protected PtxBuilder K { get; }

    protected U32 Lane { get; }

    /// <summary>g.</summary>
    protected U32 LaneGroup { get; }

    /// <summary>t.</summary>
    protected U32 LaneInGroup { get; }

    /// <param name="k">The kernel.</param>
    /// <param name="tile">How the factor's tiles lie in shared memory.</param>
    /// <param name="precision">To what elements are rounded.</param>
    /// <param name="start">The tile of the first stage.</param>
    /// <param name="firstLine">The warp's first line in the tile.</param>
    public static FragmentReader Of(PtxBuilder k, SharedTile tile, Precision precision, SharedAddress start, U32 firstLine) => (tile, precision) switch
    {
        (SharedTile.Along, Precision.Tf32) => new AlongTf32(k, tile, start, firstLine),
        (SharedTile.Across, Precision.Tf32) => new AcrossTf32(k, tile, start, firstLine),
        (SharedTile.Along, Precision.BFloat16) => new AlongBFloat16(k, tile, start, firstLine),
        (SharedTile.Across, Precision.BFloat16) => new AcrossBFloat16(k, tile, start, firstLine),
        _ => throw new ArgumentException($"Nothing is rounded to {precision}.", nameof(precision)),
    };

    /// <summary>Of 32 lines and one instruction's depth in the current stage: [set][half of the depth].</summary>
    public abstract U32[][] Read(int group, int step);

    /// <summary>Goes on to a stage so many bytes further.</summary>
    public void Advance(U32 bytes)
    {
        foreach (SharedAddress address in _addresses) K.Advance(address, bytes);
    }

    /// <summary>An address that moves with the stages.</summary>
    protected SharedAddress Moving(SharedAddress start, U32 word)
    {
        SharedAddress address = K.Variable(K.Element(start, word));
        _addresses.Add(address);
        return address;
    }

    /// <summary>Matrices of 8 lines by 4 depths, which is what ldmatrix takes for 8 by 8 of half the size: set i is lines 8·i to 8·i + 7.</summary>
    private sealed class AlongTf32 : FragmentReader
    {
        private readonly SharedAddress[] _rows;

        public AlongTf32(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine)
            : base(k)
        {
            U32 line = k.Add(firstLine, k.And(Lane, 15)), half = k.Multiply(k.ShiftRight(Lane, 4), 4);
            _rows = [Moving(start, tile.Word(k, half, line)), Moving(start, tile.Word(k, k.Add(half, 8), line))];
        }

        public override U32[][] Read(int group, int step)
        {
            U32[] Pair(int pair) => [.. K.LoadFourMatrices(_rows[step].Plus((MatrixTile.Group * group + 2 * SetLines * pair) * SharedTile.Depth)).Select(word => K.ToTf32(word))];
            U32[] first = Pair(0), second = Pair(1);
            return [[first[0], first[2]], [first[1], first[3]], [second[0], second[2]], [second[1], second[3]]];
        }
    }

    /// <summary>Four lines at a depth to a load: set i is lines i, i + 4, …, i + 28.</summary>
    private sealed class AcrossTf32 : FragmentReader
    {
        private readonly SharedAddress _start;
        private readonly int _lines;

        public AcrossTf32(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine)
            : base(k)
        {
            _lines = tile.Lines;
            _start = Moving(start, tile.Word(k, LaneInGroup, k.MultiplyAdd(LaneGroup, Sets, firstLine)));
        }

        public override U32[][] Read(int group, int step)
        {
            U32[] Half(int half) => [.. K.LoadFour(_start.Plus((8 * step + 4 * half) * _lines + MatrixTile.Group * group)).Select(value => K.ToTf32(value))];
            U32[] low = Half(0), high = Half(1);
            return [.. Enumerable.Range(0, Sets).Select(set => (U32[])[low[set], high[set]])];
        }
    }

    /// <summary>Four depths of a line to a load, 4·t to 4·t + 3, two for each half: set i is lines 8·i to 8·i + 7.</summary>
    private sealed class AlongBFloat16 : FragmentReader
    {
        private readonly SharedAddress _start;

        public AlongBFloat16(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine)
            : base(k) => _start = Moving(start, tile.Word(k, k.Multiply(LaneInGroup, 4), k.Add(firstLine, LaneGroup)));

        public override U32[][] Read(int group, int step) =>
        [
            .. Enumerable.Range(0, Sets).Select(set =>
            {
                F32[] depths = K.LoadFour(_start.Plus((MatrixTile.Group * group + SetLines * set) * SharedTile.Depth));
                return (U32[])[K.ToBFloat16Pair(depths[0], depths[1]), K.ToBFloat16Pair(depths[2], depths[3])];
            }),
        ];
    }

    /// <summary>Four lines at a depth to a load, of the depths 4·t to 4·t + 3, two for each half: set i is lines i, i + 4, …, i + 28.</summary>
    private sealed class AcrossBFloat16 : FragmentReader
    {
        private readonly SharedAddress[] _depths;

        public AcrossBFloat16(PtxBuilder k, SharedTile tile, SharedAddress start, U32 firstLine)
            : base(k) => _depths =
        [
            .. Enumerable.Range(0, 4).Select(depth =>
                Moving(start, tile.Word(k, k.MultiplyAdd(LaneInGroup, 4, depth), k.MultiplyAdd(LaneGroup, Sets, firstLine)))),
        ];

        public override U32[][] Read(int group, int step)
        {
            F32[][] depths = [.. _depths.Select(depth => K.LoadFour(depth.Plus(MatrixTile.Group * group)))];
            return [.. Enumerable.Range(0, Sets).Select(set => (U32[])[K.ToBFloat16Pair(depths[0][set], depths[1][set]), K.ToBFloat16Pair(depths[2][set], depths[3][set])])];
        }
    }
}

using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// scores[s,h,i,j] = scale · x[i or j, h]·table[entry of i − j] (+ addend): a block has 32 queries and 32 keys of a head, whose 63 distances
/// go through shared memory with the vectors, 32 elements of each at a time. A product's sum runs over the elements in order.
/// </summary>
internal sealed class RelativeScoreKernel
{
    private const int Tile = 32;
    private const int Threads = 256;
    private const int Warps = Threads / Tile;
    private const int RowsPerThread = Tile / Warps;
    private const int Unrolled = 8;

    /// <summary>Floats between rows in shared memory, so that lanes that read down a column have banks of their own.</summary>
    private const int Stride = Tile + 1;
    private readonly PtxBuilder _k;
    private readonly RelativePairs _pairs;
    private readonly U32 _lane;
    private readonly U32 _warp;
    private readonly SharedAddress _vectors;
    private readonly SharedAddress _band;

    private RelativeScoreKernel(PtxBuilder k, RelativePairs pairs)
    {
        _k = k;
        _pairs = pairs;
        _lane = k.And(k.Thread, Tile - 1);
        _warp = k.ShiftRight(k.Thread, 5);
        _vectors = k.Shared("vectors", Tile * Stride);
        _band = k.Shared("band", 2 * Tile * Stride);
    }

    public static PtxKernel Of(RelativePairs pairs, float scale, Addend addend)
    {
        int queryTiles = (pairs.Queries + Tile - 1) / Tile, keyTiles = (pairs.Keys + Tile - 1) / Tile, units = checked(pairs.Sequences * pairs.Heads);
        var k = new PtxBuilder(
            $"RelativeScores_{pairs.Name}_{FloatName.Of(scale)}{addend.Suffix()}",
            $"scores[{pairs.Sequences},{pairs.Heads},{pairs.Queries},{pairs.Keys}] = scale * x . table[query - key]{addend.Term()}",
            new LaunchSize(checked(units * queryTiles * keyTiles)), new LaunchSize(Threads));
        GlobalAddress x = k.Buffer("x"), table = k.Buffer("table");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress scores = k.Buffer("scores");
        (U32 queries, U32 keys) = pairs.Count(k);
        U32 tiles = k.Divide(k.BlockX, keyTiles), unit = k.Divide(tiles, queryTiles);
        U32 firstKey = k.Multiply(k.Remainder(k.BlockX, keyTiles), Tile), firstQuery = k.Multiply(k.Remainder(tiles, queryTiles), Tile);
        if (pairs.Rows.IsBounded)
        {
            k.ExitIf(k.AtLeast(firstKey, keys));
            k.ExitIf(k.AtLeast(firstQuery, queries));
        }

        F32[] sums = new RelativeScoreKernel(k, pairs).Sums(x, table, unit, (firstQuery, queries), (firstKey, keys));
        U32 key = k.Add(firstKey, k.And(k.Thread, Tile - 1));
        k.ExitIf(k.AtLeast(key, keys));
        for (int row = 0; row < RowsPerThread; row++)
        {
            U32 query = k.Add(firstQuery, k.MultiplyAdd(k.ShiftRight(k.Thread, 5), RowsPerThread, row));
            F32 product = sums[row];
            k.If(k.Less(query, queries), () =>
            {
                U32 index = k.MultiplyAdd(k.MultiplyAdd(unit, queries, query), keys, key);
                F32 score = added is { } tensor ? k.MultiplyAdd(product, scale, k.Load(k.Element(tensor, index))) : k.Multiply(product, scale);
                k.Store(k.Element(scores, index), score);
            });
        }

        return k.Build();
    }

    /// <summary>The products of the thread's key with its four queries.</summary>
    private F32[] Sums(GlobalAddress x, GlobalAddress table, U32 unit, (U32 First, U32 Count) queries, (U32 First, U32 Count) keys)
    {
        bool isOfKeys = _pairs.Side == RelativeSide.Keys;
        F32[] sums = [.. Enumerable.Range(0, RowsPerThread).Select(_ => _k.Variable(0f))];
        (U32 First, U32 Count) positions = isOfKeys ? keys : queries;
        U32 sequence = _k.Divide(unit, _pairs.Heads), head = _k.Divide(_k.Remainder(unit, _pairs.Heads), _pairs.Group);
        U32 firstRow = _k.MultiplyAdd(sequence, positions.Count, positions.First), left = _k.Subtract(positions.Count, positions.First);

        // Row r of the band is for the distance r − 31 between the tile's first query and its first key.
        SharedAddress vectorRow = _k.Element(_vectors, _k.Multiply(isOfKeys ? _lane : _k.Multiply(_warp, RowsPerThread), Stride));
        U32 bandRow = _k.Subtract(_k.MultiplyAdd(_warp, RowsPerThread, Tile - 1), _lane);
        SharedAddress band = _k.Element(_band, _k.Multiply(bandRow, Stride));
        _k.For(0, _pairs.Width, Tile, start =>
        {
            U32 element = _k.Add(start, _lane);
            Predicate? isElement = _pairs.Width % Tile == 0 ? null : _k.Less(element, _pairs.Width);
            for (int row = 0; row < Tile; row += Warps)
            {
                U32 own = _k.Add(_warp, row), vector = _k.MultiplyAdd(_k.Add(firstRow, own), _pairs.VectorHeads, head);
                Fill(_vectors, own, _k.Element(x, _k.MultiplyAdd(vector, _pairs.Width, element)), _k.Both(isElement, _k.Less(own, left)));
            }

            for (int row = 0; row < 2 * Tile; row += Warps)
            {
                U32 own = _k.Add(_warp, row), entry = _pairs.Entry(_k, _k.Add(queries.First, own), _k.Add(keys.First, Tile - 1));
                Fill(_band, own, _k.Element(table, _k.MultiplyAdd(entry, _pairs.Width, element)), isElement);
            }

            _k.Barrier();
            _k.For(0, Math.Min(Tile, (_pairs.Width + Unrolled - 1) / Unrolled * Unrolled), Unrolled, depth =>
                Multiply(_k.Element(vectorRow, depth), isOfKeys ? 0 : Stride, _k.Element(band, depth), sums));
            _k.Barrier();
        });
        return sums;
    }

    private void Fill(SharedAddress tile, U32 row, GlobalAddress source, Predicate? guard) =>
        _k.Store(_k.Element(tile, _k.MultiplyAdd(row, Stride, _lane)), _k.LoadOrZero(source, 1, guard)[0]);

    private void Multiply(SharedAddress vectors, int vectorStride, SharedAddress band, F32[] sums) => PtxBuilder.Unroll(Unrolled, depth =>
    {
        F32 shared = _k.Load(vectors.Plus(depth));
        for (int row = 0; row < sums.Length; row++)
        {
            F32 value = vectorStride == 0 || row == 0 ? shared : _k.Load(vectors.Plus(row * vectorStride + depth));
            _k.MultiplyAddTo(sums[row], value, _k.Load(band.Plus(row * Stride + depth)));
        }
    });
}

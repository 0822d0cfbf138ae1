namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Products of the vectors of a tile's queries with those of its keys. Both go through shared memory, 16 columns at once, as they lie in
/// memory: with rows 4 · odd floats apart, 8 lanes that read 4 columns of neighbouring keys use all 32 banks. A product's sum runs over the
/// columns in order.
/// </summary>
internal sealed class ScoreTile
{
    private const int MostDepth = 16;
    private const int Group = 4;
    private const int MostStride = 20;

    /// <summary>Multiplications written out between two jumps.</summary>
    private const int MostCopies = 64;
    private readonly PtxBuilder _k;
    private readonly AttentionTiling _tiling;

    public ScoreTile(PtxBuilder k, AttentionTiling tiling)
    {
        _k = k;
        _tiling = tiling;
        ThreadRow = k.Divide(k.Thread, tiling.Side);
        ThreadColumn = k.And(k.Thread, tiling.Side - 1);
    }

    /// <summary>The thread's place in the square.</summary>
    public U32 ThreadRow { get; }

    /// <inheritdoc cref="ThreadRow"/>
    public U32 ThreadColumn { get; }

    public AttentionTiling Tiling => _tiling;

    /// <summary>Floats of shared memory that the factors go through.</summary>
    public static int StagingFloats(AttentionTiling tiling) => (tiling.Queries + tiling.Keys) * MostStride;

    /// <summary>tile[i, j] = left[firstQuery + i, :] · right[firstKey + j, :]. All threads take part, and wait before they read the tile.</summary>
    public void Write(HeadRows left, U32 firstQuery, HeadRows right, U32 firstKey, SharedAddress staging, SharedAddress tile)
    {
        PtxBuilder k = _k;
        int depth = Math.Min(MostDepth, (left.Columns + Group - 1) / Group * Group), stride = Group * (depth / Group | 1);
        int queries = _tiling.QueriesOfThread, keys = _tiling.KeysOfThread;
        SharedAddress rightStaging = staging.Plus(_tiling.Queries * stride);
        F32[][] sums = [.. Enumerable.Range(0, queries).Select(_ => Enumerable.Range(0, keys).Select(_ => k.Variable(0f)).ToArray())];
        SharedAddress ownQueries = k.Element(staging, k.Multiply(ThreadRow, queries * stride)), ownKeys = k.Element(rightStaging, k.Multiply(ThreadColumn, stride));
        k.For(0, left.Columns, depth, column =>
        {
            left.Stage(k, firstQuery, column, _tiling.Queries, depth, staging, stride);
            right.Stage(k, firstKey, column, _tiling.Keys, depth, rightStaging, stride);
            k.Barrier();
            int step = depth * queries * keys > MostCopies ? Group : depth;
            k.For(0, depth, step, start =>
            {
                SharedAddress a = k.Element(ownQueries, start), b = k.Element(ownKeys, start);
                for (int first = 0; first < step; first += Group) Multiply(sums, a.Plus(first), b.Plus(first), stride);
            });
            k.Barrier();
        });
        SharedAddress own = k.Element(tile, k.MultiplyAdd(k.Multiply(ThreadRow, queries), _tiling.Stride, ThreadColumn));
        for (int i = 0; i < queries; i++)
        {
            for (int j = 0; j < keys; j++) k.Store(own.Plus(i * _tiling.Stride + j * _tiling.Side), sums[i][j]);
        }
    }

    /// <summary>Adds the products of four columns.</summary>
    private void Multiply(F32[][] sums, SharedAddress queries, SharedAddress keys, int stride)
    {
        F32[][] a = [.. sums.Select((_, i) => _k.LoadFour(queries.Plus(i * stride)))];
        for (int j = 0; j < _tiling.KeysOfThread; j++)
        {
            F32[] b = _k.LoadFour(keys.Plus(j * _tiling.Side * stride));
            for (int lane = 0; lane < Group; lane++)
            {
                for (int i = 0; i < sums.Length; i++) _k.MultiplyAddTo(sums[i][j], a[i][lane], b[lane]);
            }
        }
    }
}

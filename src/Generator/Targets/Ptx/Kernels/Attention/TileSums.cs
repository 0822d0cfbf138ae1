namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Sums of vectors with the numbers of a tile as weights, in registers: a thread has a few neighbouring rows and a share of the columns. The
/// vectors go through shared memory, 16 at once; a sum runs over them in order.
/// </summary>
internal sealed class TileSums
{
    private const int Lines = 16;
    private const int Group = 4;

    /// <summary>Lines written out between two jumps.</summary>
    private const int MostLines = 4;

    /// <summary>Multiplications written out between two jumps: weights along keys are loaded four at once, and need more of them.</summary>
    private const int MostOfKeys = 64;
    private const int MostOfQueries = 32;
    private readonly PtxBuilder _k;
    private readonly ScoreTile _tile;
    private readonly int _width;
    private readonly int _groups;
    private readonly F32[][] _sums;

    /// <param name="k">The kernel.</param>
    /// <param name="tile">The threads.</param>
    /// <param name="rows">Rows of all threads: the queries or the keys of a tile.</param>
    /// <param name="columns">Of the vectors.</param>
    public TileSums(PtxBuilder k, ScoreTile tile, int rows, int columns)
    {
        _k = k;
        _tile = tile;
        int side = tile.Tiling.Side;
        _width = Width(columns, side);
        _groups = PaddedColumns(columns, side) / side / _width;
        RowsOfThread = rows / side;
        _sums = [.. Enumerable.Range(0, RowsOfThread).Select(_ => Enumerable.Range(0, _groups * _width).Select(_ => k.Variable(0f)).ToArray())];
    }

    public int RowsOfThread { get; }

    private int Padded => _groups * _tile.Tiling.Side * _width;

    /// <summary>Floats of shared memory that vectors go through.</summary>
    public static int StagingFloats(AttentionTiling tiling, int columns) => Lines * PaddedColumns(columns, tiling.Side);

    /// <summary>The first of the thread's rows.</summary>
    public U32 FirstRow() => _k.Multiply(_tile.ThreadRow, RowsOfThread);

    /// <summary>Multiplies the sums of each row of the thread.</summary>
    public void Scale(Func<int, F32> factorOfRow)
    {
        for (int row = 0; row < RowsOfThread; row++)
        {
            F32 factor = factorOfRow(row);
            foreach (F32 sum in _sums[row]) _k.Assign(sum, _k.Multiply(sum, factor));
        }
    }

    /// <summary>sums[i, :] += Σ_j tile[i, j] · x[firstKey + j, :] for the first keys of the tile. All threads take part, and wait before they read the tile; the staging is free after it.</summary>
    public void AddKeys(HeadRows x, U32 firstKey, U32 keys, SharedAddress staging, SharedAddress tile)
    {
        PtxBuilder k = _k;
        SharedAddress weights = k.Element(tile, k.Multiply(_tile.ThreadRow, RowsOfThread * _tile.Tiling.Stride)), own = Own(staging);
        int step = Step(MostOfKeys);
        ForEachChunk(x, firstKey, keys, staging, chunk =>
        {
            SharedAddress ofChunk = k.Element(weights, chunk);
            k.For(0, Lines, step, line =>
            {
                SharedAddress first = k.Element(ofChunk, line), vectors = k.Element(own, k.Multiply(line, Padded));
                int width = Math.Min(step, Group);
                for (int part = 0; part < step; part += width)
                {
                    F32[][] p = [.. Enumerable.Range(0, RowsOfThread).Select(row => Load(first.Plus(row * _tile.Tiling.Stride + part), width))];
                    for (int lane = 0; lane < width; lane++) Add([.. p.Select(row => row[lane])], vectors.Plus((part + lane) * Padded));
                }
            });
        });
    }

    /// <summary>sums[j, :] += Σ_i tile[i, j] · x[firstQuery + i, :] for the first queries of the tile. All threads take part, and wait as for keys.</summary>
    public void AddQueries(HeadRows x, U32 firstQuery, U32 queries, SharedAddress staging, SharedAddress tile)
    {
        PtxBuilder k = _k;
        SharedAddress weights = k.Element(tile, k.Multiply(_tile.ThreadRow, RowsOfThread)), own = Own(staging);
        int step = Step(MostOfQueries);
        ForEachChunk(x, firstQuery, queries, staging, chunk =>
        {
            SharedAddress ofChunk = k.Element(weights, k.Multiply(chunk, _tile.Tiling.Stride));
            k.For(0, Lines, step, line =>
            {
                SharedAddress first = k.Element(ofChunk, k.Multiply(line, _tile.Tiling.Stride)), vectors = k.Element(own, k.Multiply(line, Padded));
                for (int part = 0; part < step; part++)
                    Add(Load(first.Plus(part * _tile.Tiling.Stride), RowsOfThread), vectors.Plus(part * Padded));
            });
        });
    }

    /// <summary>Stores the sums, each row from <paramref name="firstRow"/> on times its factor.</summary>
    public void Store(HeadRows destination, U32 firstRow, Func<int, F32>? factorOfRow = null)
    {
        PtxBuilder k = _k;
        int side = _tile.Tiling.Side, width = destination.Width % _width == 0 ? _width : 1;
        U32 ownFirst = k.Add(firstRow, FirstRow()), column = k.Multiply(_tile.ThreadColumn, _width);
        for (int index = 0; index < RowsOfThread; index++)
        {
            U32 row = k.Add(ownFirst, index);
            F32? factor = factorOfRow?.Invoke(index);
            F32[] values = [.. _sums[index].Select(sum => factor is { } number ? k.Multiply(sum, number) : sum)];
            Predicate isThere = k.Less(row, destination.Count);
            k.If(isThere, () =>
            {
                GlobalAddress start = k.Element(destination.First, k.MultiplyAdd(row, destination.Stride, column));
                for (int first = 0; first < values.Length; first += width)
                {
                    int offset = first / _width * side * _width + first % _width;
                    F32[] part = [.. values.Skip(first).Take(width)];
                    if (offset + (side - 1) * _width + width <= destination.Columns) k.Store(start.Plus(offset), part);
                    else if (offset < destination.Columns) k.If(k.Less(k.Add(column, offset), destination.Columns), () => k.Store(start.Plus(offset), part));
                }
            });
        }
    }

    /// <summary>Columns next to each other that a thread has: fewer where there are few.</summary>
    private static int Width(int columns, int side) => columns <= side ? 1 : columns <= 2 * side ? 2 : Group;

    private static int PaddedColumns(int columns, int side)
    {
        int across = side * Width(columns, side);
        return (columns + across - 1) / across * across;
    }

    private int Step(int mostCopies)
    {
        int step = 1, ofLine = RowsOfThread * _groups * _width;
        while (step < MostLines && 2 * step * ofLine <= mostCopies) step *= 2;
        return step;
    }

    private void ForEachChunk(HeadRows x, U32 first, U32 count, SharedAddress staging, Action<U32> body) => _k.For(0, count, Lines, chunk =>
    {
        x.Stage(_k, _k.Add(first, chunk), 0, Lines, Padded, staging, Padded);
        _k.Barrier();
        body(chunk);
        _k.Barrier();
    });

    private SharedAddress Own(SharedAddress staging) => _k.Element(staging, _k.Multiply(_tile.ThreadColumn, _width));

    private void Add(F32[] weights, SharedAddress vector)
    {
        for (int group = 0; group < _groups; group++)
        {
            F32[] x = Load(vector.Plus(group * _tile.Tiling.Side * _width), _width);
            for (int row = 0; row < weights.Length; row++)
            {
                for (int lane = 0; lane < _width; lane++) _k.MultiplyAddTo(_sums[row][group * _width + lane], weights[row], x[lane]);
            }
        }
    }

    private F32[] Load(SharedAddress address, int count) =>
        count == Group ? _k.LoadFour(address) : [.. Enumerable.Range(0, count).Select(i => _k.Load(address.Plus(i)))];
}

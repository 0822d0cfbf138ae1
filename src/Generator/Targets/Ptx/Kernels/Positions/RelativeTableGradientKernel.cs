using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// dTable[t] = scale · Σ pairs[s,h,i,j] · x over all pairs whose distance has row t (+ addend): a block for each row, whose warps share the vectors
/// and whose lanes the elements; the warps' sums meet in order. The ends of the table have whole runs of pairs for each vector, which the
/// lanes add up first.
/// </summary>
internal sealed class RelativeTableGradientKernel
{
    private const int WarpSize = 32;
    private const int Warps = 8;
    private readonly PtxBuilder _k;
    private readonly RelativePairs _pairs;
    private readonly U32 _queries;
    private readonly U32 _keys;

    private RelativeTableGradientKernel(PtxBuilder k, RelativePairs pairs, U32 queries, U32 keys)
    {
        _k = k;
        _pairs = pairs;
        _queries = queries;
        _keys = keys;
    }

    private bool IsOfKeys => _pairs.Side == RelativeSide.Keys;

    /// <summary>The table's row.</summary>
    private U32 Row => _k.BlockX;

    private U32 Lane => _k.And(_k.Thread, WarpSize - 1);

    /// <exception cref="ArgumentException">Gradients accumulate over micro-batches, which are whole, and the rows are bounded.</exception>
    public static PtxKernel Of(RelativePairs pairs, float scale, Addend addend)
    {
        if (pairs.Rows.IsBounded && addend == Addend.Accumulated) throw new ArgumentException($"{pairs.Name}: the rows of a micro-batch are not bounded.", nameof(pairs));
        var k = new PtxBuilder(
            $"RelativeTableGradient_{pairs.Name}_{FloatName.Of(scale)}{addend.Suffix()}",
            $"dTable[{pairs.TableRows},{pairs.Width}] = scale * sums of pairs[{pairs.Sequences},{pairs.Heads},{pairs.Queries},{pairs.Keys}] * x by distances{addend.Term()}",
            new LaunchSize(pairs.TableRows), new LaunchSize(Warps * WarpSize));
        GlobalAddress weights = k.Buffer("weights"), x = k.Buffer("x");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dTable = k.Buffer("dTable");
        var sofar = AddedTensor.Of(k, addend, added, dTable);
        (U32 queries, U32 keys) = pairs.Count(k);
        F32[] sums = new RelativeTableGradientKernel(k, pairs, queries, keys).Sums(weights, x);

        int width = pairs.Width;
        SharedAddress strands = k.Shared("strands", Warps * width);
        U32 lane = k.And(k.Thread, WarpSize - 1);
        SharedAddress own = k.Element(strands, k.MultiplyAdd(k.ShiftRight(k.Thread, 5), width, lane));
        for (int part = 0; part < sums.Length; part++)
        {
            (F32 sum, SharedAddress place) = (sums[part], own.Plus(part * WarpSize));
            if (Guard(k, lane, part, width) is { } isInside) k.If(isInside, () => k.Store(place, sum));
            else k.Store(place, sum);
        }

        k.Barrier();
        k.For(k.Thread, width, Warps * WarpSize, element =>
        {
            SharedAddress first = k.Element(strands, element);
            F32 total = k.Load(first);
            for (int warp = 1; warp < Warps; warp++) total = k.Add(total, k.Load(first.Plus(warp * width)));
            U32 index = k.MultiplyAdd(k.BlockX, width, element);
            F32 result = sofar is null ? k.Multiply(total, scale) : k.MultiplyAdd(total, scale, sofar.Load(k, index, 1)[0]);
            k.Store(k.Element(dTable, index), result);
        });
        return k.Build();
    }

    /// <summary>The warp's sums for this lane's elements.</summary>
    private F32[] Sums(GlobalAddress weights, GlobalAddress x)
    {
        F32[] sums = [.. Enumerable.Range(0, (_pairs.Width + WarpSize - 1) / WarpSize).Select(_ => _k.Variable(0f))];
        U32 length = IsOfKeys ? _keys : _queries, lane = Lane;
        U32 isEnd = _pairs.Middle == 0 ? 0 : _k.Remainder(Row, 2 * _pairs.Middle);
        _k.For(0, _pairs.Sequences * _pairs.Heads, 1, unit =>
        {
            U32 sequence = _k.Divide(unit, _pairs.Heads), head = _k.Divide(_k.Remainder(unit, _pairs.Heads), _pairs.Group);
            U32 firstRow = _k.Multiply(sequence, length), line = _k.Multiply(unit, _queries);
            _k.For(_k.ShiftRight(_k.Thread, 5), length, Warps, position =>
            {
                (U32 from, U32 to) = Others(position);
                _k.If(_k.Less(from, to), () =>
                {
                    U32 first = IsOfKeys ? _k.MultiplyAdd(line, _keys, position) : _k.Multiply(_k.Add(line, position), _keys);
                    F32 weight = Weight(weights, first, from, to, isEnd);
                    U32 vector = _k.MultiplyAdd(_k.Add(firstRow, position), _pairs.VectorHeads, head);
                    GlobalAddress own = _k.Element(x, _k.MultiplyAdd(vector, _pairs.Width, lane));
                    for (int part = 0; part < sums.Length; part++)
                        _k.MultiplyAddTo(sums[part], weight, _k.LoadOrZero(own.Plus(part * WarpSize), 1, Guard(_k, lane, part, _pairs.Width))[0]);
                });
            });
        });
        return sums;
    }

    /// <summary>
    /// The keys whose distance from a query has this row: query + M − 1 − row, and at the ends of the table all that are further away. Or the
    /// queries for a key: key + row − (M − 1).
    /// </summary>
    private (U32 From, U32 To) Others(U32 position)
    {
        int middle = _pairs.Middle;
        U32 last = 2 * middle, row = Row;
        U32 ahead = IsOfKeys ? _k.Add(position, row) : _k.Add(position, middle), behind = IsOfKeys ? middle : row;
        U32 from = Above(ahead), to = _k.Min(Above(_k.Add(ahead, 1)), IsOfKeys ? _queries : _keys);
        Predicate isFirst = _k.AreEqual(row, 0), isLast = _k.AreEqual(row, last);
        return IsOfKeys
            ? (_k.Select(isFirst, 0, from), _k.Select(isLast, _queries, to))
            : (_k.Select(isLast, 0, from), _k.Select(isFirst, _keys, to));

        U32 Above(U32 value) => _k.Subtract(_k.Max(value, behind), behind);
    }

    /// <summary>The sum of the pairs of one position with a run of others, known to the warp.</summary>
    private F32 Weight(GlobalAddress weights, U32 first, U32 from, U32 to, U32 isEnd)
    {
        U32 step = IsOfKeys ? _keys : 1;
        F32 weight = _k.Variable(0f);
        if (isEnd.Register is null) AddRun();
        else _k.If(_k.AreEqual(isEnd, 0), AddRun, () => _k.Assign(weight, At(from)));
        return weight;

        F32 At(U32 other) => _k.Load(_k.Element(weights, _k.MultiplyAdd(other, step, first)));

        void AddRun()
        {
            F32 sum = _k.Variable(0f);
            _k.For(_k.Add(from, Lane), to, WarpSize, other => _k.AddTo(sum, At(other)));
            _k.Assign(weight, BlockSum.OfWarp(_k, sum, (a, b) => _k.Add(a, b)));
        }
    }

    private static Predicate? Guard(PtxBuilder k, U32 lane, int part, int width) =>
        (part + 1) * WarpSize <= width ? null : k.Less(lane, width - part * WarpSize);
}

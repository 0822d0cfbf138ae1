using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Rows whose queries attend to the positions of a cache: weights or scores [rows, heads, context].</summary>
internal readonly record struct CachedDistances(Extent Rows, int Context, int Heads, int Width, int TableRows)
{
    private const int WarpSize = 32;

    public string Name => $"{Rows}x{Context}x{Heads}x{Width}x{TableRows}";

    /// <summary>The table's row for a row's position and a position of the cache.</summary>
    public U32 Entry(PtxBuilder k, U32 position, U32 key) => k.Min(k.Subtract(k.Max(k.Add(position, TableRows / 2), key), key), TableRows / 2 * 2);

    /// <summary>One past the last position of any row; whole warps take part.</summary>
    public static U32 Reached(PtxBuilder k, GlobalAddress positions, U32 rows)
    {
        U32 reached = k.Variable((U32)0);
        k.For(k.And(k.Thread, WarpSize - 1), rows, WarpSize, row => k.Assign(reached, k.Max(reached, k.Add(k.LoadWord(k.Element(positions, row)), 1))));

        // The words only pass through as floats.
        return k.Bits(BlockSum.OfWarp(k, k.FromBits(reached), (a, b) => k.FromBits(k.Max(k.Bits(a), k.Bits(b)))));
    }
}

// dx[i, h] = scale · Σ_j pairs[h, i, j] · table[entry of i − j] + addend: a warp for each vector. A lane has an element of it in each 32, and
// loads the weight of one of 32 pairs at a time, which all lanes get in order.

/// <summary>What weights of pairs gather of the table: gradients of what was scored by distance, and values by distance.</summary>
internal static class RelativeGatherKernels
{
    private const int WarpSize = 32;
    private const int WarpsPerBlock = 4;

    /// <summary>For pairs of whole sequences: y, shaped like the vectors, which may be the addend.</summary>
    public static PtxKernel Of(RelativePairs pairs, float scale, Addend addend)
    {
        bool isOfKeys = pairs.Side == RelativeSide.Keys;
        PtxBuilder k = Kernel(
            $"RelativeGather_{pairs.Name}_{FloatName.Of(scale)}{addend.Suffix()}",
            $"y = scale * sums of weights[{pairs.Sequences},{pairs.Heads},{pairs.Queries},{pairs.Keys}] * table[query - key]{addend.Term()}",
            pairs.Rows.Times(pairs.VectorHeads));
        GlobalAddress weights = k.Buffer("weights"), table = k.Buffer("table");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress y = k.Buffer("y");
        (U32 queries, U32 keys) = pairs.Count(k);
        U32 length = isOfKeys ? keys : queries, others = isOfKeys ? queries : keys, vector = Vector(k);
        k.ExitIf(k.AtLeast(vector, k.Multiply(length, pairs.Sequences * pairs.VectorHeads)));

        U32 row = k.Divide(vector, pairs.VectorHeads), vectorHead = k.Subtract(vector, k.Multiply(row, pairs.VectorHeads));
        U32 sequence = k.Divide(row, length), position = k.Subtract(row, k.Multiply(sequence, length));
        F32[] sums = Zeros(k, pairs.Width);
        k.For(0, pairs.Group, 1, member =>
        {
            U32 unit = k.MultiplyAdd(sequence, pairs.Heads, k.MultiplyAdd(vectorHead, pairs.Group, member)), line = k.Multiply(unit, queries);
            U32 first = isOfKeys ? k.MultiplyAdd(line, keys, position) : k.Multiply(k.Add(line, position), keys);
            Gather(k, table, pairs.Width, others, sums,
                other => k.Element(weights, k.MultiplyAdd(other, isOfKeys ? keys : 1, first)),
                other => isOfKeys ? pairs.Entry(k, other, position) : pairs.Entry(k, position, other));
        });
        Write(k, pairs.Width, vector, sums, scale, added, y);
        return k.Build();
    }

    /// <summary>For rows that attend to a cache; positions that no row has reached are not read.</summary>
    public static PtxKernel Cached(CachedDistances distances, Addend addend)
    {
        PtxBuilder k = Kernel(
            $"CachedRelativeValues_{distances.Name}{addend.Suffix()}{distances.Rows.Suffix}",
            $"y = sums of weights[{distances.Rows},{distances.Heads},{distances.Context}] * table[position - key]{addend.Term()}", distances.Rows.Times(distances.Heads));
        GlobalAddress weights = k.Buffer("weights"), table = k.Buffer("table"), positions = k.Buffer("positions");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress y = k.Buffer("y");
        U32 rows = distances.Rows.Count(k), vector = Vector(k);
        k.ExitIf(k.AtLeast(vector, k.Multiply(rows, distances.Heads)));
        U32 position = k.LoadWord(k.Element(positions, k.Divide(vector, distances.Heads))), first = k.Multiply(vector, distances.Context);
        F32[] sums = Zeros(k, distances.Width);
        Gather(k, table, distances.Width, CachedDistances.Reached(k, positions, rows), sums,
            other => k.Element(weights, k.Add(first, other)), other => distances.Entry(k, position, other));
        Write(k, distances.Width, vector, sums, 1f, added, y);
        return k.Build();
    }

    private static PtxBuilder Kernel(string name, string formula, Extent vectors) =>
        new(name, formula, new LaunchSize((vectors.Most + WarpsPerBlock - 1) / WarpsPerBlock), new LaunchSize(WarpsPerBlock * WarpSize));

    /// <summary>The vector of this warp.</summary>
    private static U32 Vector(PtxBuilder k) => k.MultiplyAdd(k.BlockX, WarpsPerBlock, k.ShiftRight(k.Thread, 5));

    private static F32[] Zeros(PtxBuilder k, int width) => [.. Enumerable.Range(0, (width + WarpSize - 1) / WarpSize).Select(_ => k.Variable(0f))];

    /// <summary>Adds weight · table row for each of the others, in order.</summary>
    private static void Gather(
        PtxBuilder k, GlobalAddress table, int width, U32 others, F32[] sums, Func<U32, GlobalAddress> weightOf, Func<U32, U32> entryOf)
    {
        U32 lane = k.And(k.Thread, WarpSize - 1);
        k.For(0, others, WarpSize, start =>
        {
            U32 own = k.Add(start, lane);
            F32 weight = k.LoadOrZero(weightOf(own), 1, k.Less(own, others))[0];
            k.For(0, k.Min(k.Subtract(others, start), WarpSize), 1, index =>
            {
                F32 factor = k.ShuffleIndex(weight, index);
                GlobalAddress row = k.Element(table, k.MultiplyAdd(entryOf(k.Add(start, index)), width, lane));
                for (int part = 0; part < sums.Length; part++)
                    k.MultiplyAddTo(sums[part], factor, k.LoadOrZero(row.Plus(part * WarpSize), 1, Guard(k, lane, part, width))[0]);
            });
        });
    }

    private static void Write(PtxBuilder k, int width, U32 vector, F32[] sums, float scale, GlobalAddress? added, GlobalAddress y)
    {
        U32 lane = k.And(k.Thread, WarpSize - 1), first = k.MultiplyAdd(vector, width, lane);
        for (int part = 0; part < sums.Length; part++)
        {
            F32 sum = sums[part];
            U32 index = k.Add(first, part * WarpSize);
            if (Guard(k, lane, part, width) is { } isInside) k.If(isInside, () => WriteElement(index, sum));
            else WriteElement(index, sum);
        }

        void WriteElement(U32 index, F32 sum) =>
            k.Store(k.Element(y, index), added is { } tensor ? k.MultiplyAdd(sum, scale, k.Load(k.Element(tensor, index))) : k.Multiply(sum, scale));
    }

    /// <summary>Whether a lane has an element in a part of 32; null where all have.</summary>
    private static Predicate? Guard(PtxBuilder k, U32 lane, int part, int width) =>
        (part + 1) * WarpSize <= width ? null : k.Less(lane, width - part * WarpSize);
}

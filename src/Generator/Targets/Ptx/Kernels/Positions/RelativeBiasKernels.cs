namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// distances[h, T − 1 + (key − query)] = table[bucket(key − query), h]
// dTable[b, h] = addend + Σ dDistances[h] over the distances of bucket b

/// <summary>Biases of attention by buckets of distances (Raffel et al. 2020), and the gradient of their table[buckets, heads].</summary>
internal static class RelativeBiasKernels
{
    private const int WarpSize = 32;

    /// <summary>distances[heads, 2T − 1].</summary>
    public static PtxKernel Forward(BucketShape shape, int heads)
    {
        int length = shape.Length, distances = shape.Distances;
        var buckets = new DistanceBuckets(shape);
        ElementGrid grid = new(
            $"RelativeBias_{shape}x{heads}", $"distances[{heads},{distances}] = table[bucket of key - query][{shape.Count},{heads}]", Extent.Of(heads), distances, width: 1);
        PtxBuilder k = grid.Builder;
        GlobalAddress table = k.Buffer("table"), result = k.Buffer("distances");
        (U32 head, U32 place) = grid.Begin();
        Predicate isAfter = k.AtLeast(place, length);
        U32 before = k.Subtract(length - 1, place), after = k.Subtract(place, length - 1);
        U32 magnitude = k.Select(isAfter, shape.Sides == 2 ? after : 0, before);
        U32 bucket = buckets.Of(k, magnitude);
        if (shape.Sides == 2) bucket = k.Add(bucket, k.Select(isAfter, (U32)shape.PerSide, (U32)0));
        k.Store(k.Element(result, k.MultiplyAdd(head, distances, place)), k.Load(k.Element(table, k.MultiplyAdd(bucket, heads, head))));
        return k.Build();
    }

    /// <summary>dTable[buckets, heads], all of it: a warp adds up a bucket's distances for a head.</summary>
    public static PtxKernel Gradient(BucketShape shape, int heads, Addend addend)
    {
        int length = shape.Length, distances = shape.Distances;
        var buckets = new DistanceBuckets(shape);
        var k = new PtxBuilder(
            $"RelativeBiasGradient_{shape}x{heads}{addend.Suffix()}",
            $"dTable[{shape.Count},{heads}] = sums of dDistances[{heads},{distances}] by buckets{addend.Term()}",
            new LaunchSize(checked(shape.Count * heads)), new LaunchSize(WarpSize));
        GlobalAddress dDistances = k.Buffer("dDistances");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dTable = k.Buffer("dTable");
        var sofar = AddedTensor.Of(k, addend, added, dTable);
        U32 bucket = k.Divide(k.BlockX, heads), head = k.Remainder(k.BlockX, heads);
        GlobalAddress row = k.Element(dDistances, k.Multiply(head, distances));
        F32 sum = k.Variable(0f);
        if (shape.Sides == 2) AddBothSides();
        else AddOneSide();
        F32 total = BlockSum.OfWarp(k, sum, (a, b) => k.Add(a, b));
        k.If(k.AreEqual(k.Thread, 0), () =>
            k.Store(k.Element(dTable, k.BlockX), sofar is null ? total : k.Add(total, sofar.Load(k, k.BlockX, 1)[0])));
        return k.Build();

        void AddOneSide()
        {
            (U32 start, U32 end) = buckets.Range(k, bucket);
            Add(start, end, magnitude => k.Subtract(length - 1, magnitude));
            k.If(k.AreEqual(bucket, 0), () => Add(length, distances, place => place));
        }

        // The first half is for keys up to the query, the second for those after it.
        void AddBothSides()
        {
            Predicate isAfter = k.AtLeast(bucket, shape.PerSide);
            (U32 start, U32 end) = buckets.Range(k, k.Select(isAfter, k.Subtract(bucket, shape.PerSide), bucket));
            U32 first = k.Select(isAfter, k.Max(start, 1), start);
            Add(first, end, magnitude => k.Select(isAfter, k.Add(magnitude, length - 1), k.Subtract(length - 1, magnitude)));
        }

        void Add(U32 start, U32 end, Func<U32, U32> place) =>
            k.For(k.Add(start, k.Thread), end, WarpSize, index => k.AddTo(sum, k.Load(k.Element(row, place(index)))));
    }
}

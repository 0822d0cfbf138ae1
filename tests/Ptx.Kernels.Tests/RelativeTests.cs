using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class RelativeTests
{
    private const float Scale = 0.37f;

    // Sequences, queries, keys, heads, heads of the vectors, width, reach; whether of keys; whether bounded.
    public static TheoryData<int, int, int, int, int, int, int, bool, bool> Pairs => new()
    {
        { 1, 1, 1, 1, 1, 7, 1, false, false }, { 2, 33, 33, 2, 2, 7, 50, false, false }, { 2, 5, 70, 2, 2, 36, 3, false, false }, { 1, 40, 35, 4, 2, 33, 9, true, false },
        { 2, 9, 9, 2, 1, 64, 1, true, false }, { 1, 35, 35, 2, 2, 8, 12, false, true }, { 3, 7, 7, 4, 2, 5, 2, true, true },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ScoresAndGradientsByDistance(int sequences, int queries, int keys, int heads, int vectorHeads, int width, int reach, bool isOfKeys, bool isBounded)
    {
        using var device = new Device();
        int tableRows = (2 * reach) - 1, length = isOfKeys ? keys : queries, longer = isBounded ? 30 : 0;
        Extent rows = isBounded ? Extent.UpTo(sequences * (length + longer)) : Extent.Of(sequences * length);
        RelativePairs pairs = new(rows, sequences, queries + longer, keys + longer, heads, vectorHeads, width, tableRows, isOfKeys ? RelativeSide.Keys : RelativeSide.Queries);
        float[] x = Numbers.Random(1, sequences * length * vectorHeads * width), table = Numbers.Random(2, tableRows * width), ofPairs = Numbers.Random(3, sequences * heads * queries * keys);
        float[] moreX = Numbers.Random(4, x.Length), moreTable = Numbers.Random(5, table.Length), moreScores = Numbers.Random(6, ofPairs.Length);
        double[] scores = new double[ofPairs.Length], dx = new double[x.Length], dTable = new double[table.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            int key = i % keys, query = i / keys % queries, head = i / keys / queries % heads, sequence = i / keys / queries / heads;
            int vector = ((((sequence * length) + (isOfKeys ? key : query)) * vectorHeads) + (head / (heads / vectorHeads))) * width;
            int entry = (reach - 1 + Math.Clamp(query - key, 1 - reach, reach - 1)) * width;
            for (int d = 0; d < width; d++)
            {
                scores[i] += (double)Scale * x[vector + d] * table[entry + d];
                dx[vector + d] += (double)Scale * ofPairs[i] * table[entry + d];
                dTable[entry + d] += (double)Scale * ofPairs[i] * x[vector + d];
            }
        }

        object[] control = isBounded ? [device.Control((ControlField.Rows, sequences * length))] : [];
        DeviceBuffer vectors = device.Of(x), entries = device.Of(table), weights = device.Of(ofPairs);
        const double tolerance = 3e-5;
        Check(addend => RelativeScoreKernel.Of(pairs, Scale, addend), vectors, entries, scores, moreScores);
        Check(addend => RelativeGatherKernels.Of(pairs, Scale, addend), weights, entries, dx, moreX);
        Check(addend => RelativeTableGradientKernel.Of(pairs, Scale, addend), weights, vectors, dTable, moreTable);
        if (!isBounded)
        {
            DeviceBuffer accumulated = device.Of(moreTable);
            device.Run(RelativeTableGradientKernel.Of(pairs, Scale, Addend.Accumulated), weights, vectors, accumulated, device.Control((ControlField.AccumulationIsOn, 1)));
            Numbers.Close([.. dTable.Zip(moreTable, (value, added) => value + added)], accumulated.Floats(), tolerance, tolerance);
        }

        void Check(Func<Addend, PtxKernel> kernel, DeviceBuffer a, DeviceBuffer b, double[] expected, float[] more)
        {
            DeviceBuffer plain = device.Unwritten(expected.Length), sum = device.Of(more);
            device.Run(kernel(Addend.None), [a, b, plain, .. control]);
            device.Run(kernel(Addend.Added), [a, b, sum, sum, .. control]);
            Numbers.Close(expected, plain.Floats(), tolerance, tolerance);
            Numbers.Close([.. expected.Zip(more, (value, added) => value + added)], sum.Floats(), tolerance, tolerance);
        }
    }

    [Theory]
    [InlineData(1, 5, 1, 7, 1, false)]
    [InlineData(3, 131, 2, 36, 9, false)]
    [InlineData(2, 200, 2, 40, 300, true)]
    public void CachesAreScoredByDistance(int rows, int context, int heads, int width, int reach, bool isBounded)
    {
        using var device = new Device();
        int tableRows = (2 * reach) - 1;
        CachedDistances distances = new(isBounded ? Extent.UpTo(rows + 3) : Extent.Of(rows), context, heads, width, tableRows);
        float[] q = Numbers.Random(1, rows * heads * width), table = Numbers.Random(2, tableRows * width), ofCache = Numbers.Random(3, rows * heads * context), o = Numbers.Random(4, q.Length);
        int[] at = Numbers.Integers(5, rows, context - 1);
        int reached = at.Max() + 1;
        double[] scores = new double[ofCache.Length], values = [.. o.Select(value => (double)value)];
        for (int i = 0; i < scores.Length; i++)
        {
            int key = i % context, vector = i / context * width, row = i / context / heads;
            if (key >= reached) continue;
            int entry = (reach - 1 + Math.Clamp(at[row] - key, 1 - reach, reach - 1)) * width;
            for (int d = 0; d < width; d++)
            {
                scores[i] += (double)Scale * q[vector + d] * table[entry + d];
                values[vector + d] += (double)ofCache[i] * table[entry + d];
            }
        }

        // What no row has reached is not read.
        for (int i = 0; i < ofCache.Length; i++)
        {
            if (i % context >= reached) ofCache[i] = float.NaN;
        }

        object[] control = isBounded ? [device.Control((ControlField.Rows, rows))] : [];
        DeviceBuffer result = device.Unwritten(scores.Length), sum = device.Of(o), plain = device.Unwritten(o.Length), entries = device.Of(table), positions = device.Of(at);
        device.Run(CachedRelativeScoreKernel.Of(distances, Scale), [device.Of(q), entries, positions, result, .. control]);
        device.Run(RelativeGatherKernels.Cached(distances, Addend.Added), [device.Of(ofCache), entries, positions, sum, sum, .. control]);
        device.Run(RelativeGatherKernels.Cached(distances, Addend.None), [device.Of(ofCache), entries, positions, plain, .. control]);
        Numbers.Close(scores, result.Floats(), 1e-5, 1e-5);
        Numbers.Close(values, sum.Floats(), 1e-4, 1e-5);
        Numbers.Close([.. values.Zip(o, (value, added) => value - added)], plain.Floats(), 1e-4, 1e-5);
    }

    /// <summary>T5's buckets, beyond the greatest distance; few buckets, and an odd number of them.</summary>
    [Theory]
    [InlineData(32, 128, 2, 150, 3)]
    [InlineData(32, 128, 1, 150, 2)]
    [InlineData(9, 7, 2, 11, 3)]
    [InlineData(7, 9, 1, 1, 1)]
    [InlineData(8, 100, 2, 2, 5)]
    public void BiasesByBuckets(int count, int maxDistance, int sides, int length, int heads)
    {
        using var device = new Device();
        BucketShape shape = new(count, maxDistance, sides, length);
        float[] table = Numbers.Random(1, count * heads), slopes = Numbers.Random(2, heads * shape.Distances), more = Numbers.Random(3, table.Length);
        float[] expected = new float[slopes.Length];
        double[] gradient = new double[table.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            int entry = (Bucket((i % shape.Distances) + 1 - length) * heads) + (i / shape.Distances);
            expected[i] = table[entry];
            gradient[entry] += slopes[i];
        }

        DeviceBuffer distances = device.Unwritten(expected.Length), dTable = device.Unwritten(table.Length), sum = device.Of(more);
        device.Run(RelativeBiasKernels.Forward(shape, heads), device.Of(table), distances);
        device.Run(RelativeBiasKernels.Gradient(shape, heads, Addend.None), device.Of(slopes), dTable);
        device.Run(RelativeBiasKernels.Gradient(shape, heads, Addend.Added), device.Of(slopes), sum, sum);
        Assert.Equal(expected, distances.Floats());
        DeviceBuffer accumulated = device.Of(more);
        device.Run(RelativeBiasKernels.Gradient(shape, heads, Addend.Accumulated), device.Of(slopes), accumulated, device.Control((ControlField.AccumulationIsOn, 1)));
        Assert.Equal(sum.Floats(), accumulated.Floats());
        Numbers.Close(gradient, dTable.Floats(), 1e-5, 1e-5);
        Numbers.Close([.. gradient.Zip(more, (a, b) => a + b)], sum.Floats(), 1e-5, 1e-5);

        // Hugging Face's _relative_position_bucket.
        int Bucket(int distance)
        {
            int buckets = count / sides, exact = buckets / 2, first = sides == 2 && distance > 0 ? buckets : 0;
            int magnitude = sides == 2 ? Math.Abs(distance) : Math.Max(0, -distance);
            if (magnitude < exact) return first + magnitude;
            float share = MathF.Log((float)magnitude / exact) / (float)Math.Log((double)maxDistance / exact);
            return first + Math.Min(buckets - 1, exact + (int)(share * (buckets - exact)));
        }
    }
}

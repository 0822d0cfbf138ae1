using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class AttentionTests
{
    private const AttentionTermKinds AllTerms =
        AttentionTermKinds.KeyMask | AttentionTermKinds.Distances | AttentionTermKinds.Scores | AttentionTermKinds.Pairs | AttentionTermKinds.Factors;

    /// <summary>Sequences, queries, keys, heads, key/value heads, head dimension, value dimension, causal, window.</summary>
    public static TheoryData<int, int, int, int, int, int, int, bool, int> Cases => new()
    {
        { 1, 1, 1, 1, 1, 7, 7, true, 0 },
        { 2, 5, 5, 3, 3, 8, 8, true, 0 },
        { 2, 37, 37, 2, 1, 7, 7, false, 0 },
        { 1, 40, 40, 4, 2, 4, 36, true, 6 },
        { 2, 3, 70, 2, 2, 5, 3, false, 0 },
        { 1, 9, 9, 1, 1, 64, 64, false, 3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void QueriesAttendToWhatTheySee(int sequences, int queries, int keys, int heads, int keyHeads, int dim, int valueDim, bool causal, int window)
    {
        HeadShape shape = new(heads, keyHeads, dim, valueDim);
        SightShape sight = new(causal ? SightDirection.Causal : SightDirection.Everywhere, window);
        foreach (AttentionTermKinds kinds in new[] { AttentionTermKinds.None, AttentionTermKinds.KeyMask, AllTerms })
        {
            using var device = new Device();
            AttentionData data = AttentionData.Random(sequences, queries, keys, shape, kinds, reach: Math.Max(queries, keys) + 1);
            DeviceBuffer o = device.Unwritten(sequences * queries * heads * valueDim), normalizers = device.Unwritten(sequences * heads * queries);
            PtxKernel kernel = AttentionKernels.Forward(new(sequences, Extent.Of(queries), keys, shape, 0.4f, sight, kinds, Math.Max(queries, keys) + 1, 0f));
            device.Run(kernel, [device.Of(data.Q), device.Of(data.K), device.Of(data.V), .. data.Terms(device), o, normalizers]);
            (double[] expected, double[] expectedNormalizers) = data.Attend(0.4, sight);
            Numbers.Close(expected, o.Floats(), 4e-6, 4e-6);
            Numbers.Close(expectedNormalizers, normalizers.Floats(), 4e-6, 2e-6);
        }
    }

    [Fact]
    public void BoundedSequencesLieOneAfterTheOther()
    {
        const int sequences = 2, most = 9, queries = 5;
        HeadShape shape = new(2, 2, 7, 7);
        using var device = new Device();
        AttentionData data = AttentionData.Random(sequences, queries, queries, shape, AttentionTermKinds.None, 1);
        DeviceBuffer o = device.Unwritten(sequences * queries * 14), normalizers = device.Unwritten(sequences * 2 * queries);
        SightShape sight = new(SightDirection.Causal, 0);
        PtxKernel kernel = AttentionKernels.Forward(new(sequences, Extent.UpTo(most), most, shape, 1f, sight, AttentionTermKinds.None, 0, 0f));
        device.Run(kernel, device.Of(data.Q), device.Of(data.K), device.Of(data.V), o, normalizers, device.Control((ControlField.Rows, queries)));
        Numbers.Close(data.Attend(1, sight).O, o.Floats(), 4e-6, 4e-6);
    }

    [Fact]
    public void DropoutMultipliesWhatItDrawsForEachPair()
    {
        const int queries = 7, heads = 2;
        const uint site = 99;
        HeadShape shape = new(heads, heads, 4, 4);
        using var device = new Device();
        AttentionData data = AttentionData.Random(1, queries, queries, shape, AttentionTermKinds.None, 1);
        DeviceBuffer control = device.Control(
            (ControlField.SeedLow, 1), (ControlField.SeedHigh, 2), (ControlField.Step, 3), (ControlField.RankAndMicroBatch, 4), (ControlField.DropoutIsOn, 1));
        float[] ones = new float[heads * queries * queries];
        Array.Fill(ones, 1f);
        DeviceBuffer factors = device.Unwritten(ones.Length), o = device.Unwritten(queries * heads * 4), normalizers = device.Unwritten(heads * queries);
        device.Run(DropoutKernel.Of(Extent.Of(1), ones.Length, 0.3f, Addend.None), device.Of(ones), factors, site, control);
        SightShape sight = new(SightDirection.Everywhere, 0);
        PtxKernel kernel = AttentionKernels.Forward(new(1, Extent.Of(queries), queries, shape, 1f, sight, AttentionTermKinds.None, 0, 0.3f));
        device.Run(kernel, device.Of(data.Q), device.Of(data.K), device.Of(data.V), o, normalizers, site, control);
        Numbers.Close((data with { PairFactors = factors.Floats() }).Attend(1, sight).O, o.Floats(), 4e-6, 4e-6);
    }

    /// <summary>Slots, rows of each, context, heads, key/value heads, head dimension, causal, window, terms.</summary>
    public static TheoryData<int, int, int, int, int, int, bool, int, bool> Caches => new()
    {
        { 1, 1, 20, 2, 2, 7, true, 0, false },
        { 3, 1, 50, 4, 2, 16, true, 0, true },
        { 2, 5, 40, 2, 1, 20, true, 7, false },
        { 2, 5, 40, 2, 2, 5, false, 0, true },
    };

    [Theory]
    [MemberData(nameof(Caches))]
    public void NewRowsAttendToTheCacheThatTheyWereAppendedTo(int slots, int rows, int context, int heads, int keyHeads, int dim, bool causal, int window, bool hasTerms)
    {
        HeadShape shape = new(heads, keyHeads, dim, dim);
        SightShape sight = new(causal ? SightDirection.Causal : SightDirection.Everywhere, window);
        AttentionTermKinds kinds = hasTerms ? AttentionTermKinds.Distances | AttentionTermKinds.Scores : AttentionTermKinds.None;
        using var device = new Device();
        int stride = keyHeads * ((context + 15) / 16 * 16) * ((dim + 15) / 16 * 16) + 16, first = context - rows - 1;
        AttentionData data = AttentionData.Random(slots, rows, context, shape, kinds & AttentionTermKinds.Scores, 1);
        float[] distances = Numbers.Random(77, heads * ((2 * context) - 1));
        DeviceBuffer keyCache = device.Unwritten(slots * stride), valueCache = device.Unwritten(slots * stride);
        Append(CacheHalf.Keys, data.K, keyCache);
        Append(CacheHalf.Values, data.V, valueCache);

        int[] positions = [.. Enumerable.Range(0, slots * rows).Select(row => first + (row % rows))];
        DeviceBuffer o = device.Unwritten(slots * rows * heads * dim);
        DeviceBuffer[] terms = hasTerms ? [device.Of(distances), .. data.Terms(device)] : [];
        PtxKernel kernel = AttentionKernels.Cached(new(slots, Extent.Of(slots * rows), context, stride, shape, 0.3f, sight, kinds));
        device.Run(kernel, [device.Of(data.Q), keyCache, valueCache, device.Of(positions), .. terms, o]);

        // The same as a sequence whose queries begin at the first position and whose keys end with the last.
        double[] expected = (data with { FirstPosition = first, Distances = hasTerms ? distances : null, Reach = context, ScoresByRow = true, Length = first + rows }).Attend(0.3, sight).O;
        Numbers.Close(expected, o.Floats(), 4e-6, 4e-6);

        void Append(CacheHalf half, float[] all, DeviceBuffer cache)
        {
            PtxKernel append = CacheAppendKernel.Of(new(half, slots, Extent.UpTo(slots * context), keyHeads, dim, context, stride));
            int[] places = [.. Enumerable.Range(0, slots * context).Select(row => row % context < first + rows ? row % context : -1)];
            device.Run(append, device.Of(all), device.Of(places), cache, device.Control((ControlField.Rows, slots * context)));
        }
    }

    [Fact]
    public void ARowWithoutAPositionGivesZeros()
    {
        using var device = new Device();
        HeadShape shape = new(1, 1, 4, 4);
        DeviceBuffer o = device.Unwritten(8), cache = device.Of(new float[16 * 16]);
        PtxKernel kernel = AttentionKernels.Cached(new(2, Extent.Of(2), 16, 0, shape, 1f, new(SightDirection.Causal, 0), AttentionTermKinds.None));
        device.Run(kernel, device.Of(Numbers.Random(1, 8)), cache, cache, device.Of([-1, -1]), o);
        Assert.All(o.Floats(), value => Assert.Equal(0f, value));
    }
}

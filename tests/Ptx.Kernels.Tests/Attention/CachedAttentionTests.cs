using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class CachedAttentionTests
{
    private const AttentionTermKinds Both = AttentionTermKinds.Distances | AttentionTermKinds.Scores;
    private static readonly IReadOnlyDictionary<string, CacheCase> All = new Dictionary<string, CacheCase>
    {
        ["first position"] = new(1, 1, 9, 1, 1, 7, 7),
        ["a row of each slot"] = new(3, 1, 40, 4, 2, 8, 8) { Filled = 20 },
        ["long context"] = new(1, 1, 300, 2, 1, 64, 32) { Filled = 290 },
        ["window"] = new(2, 1, 60, 2, 2, 16, 12) { Filled = 30, Window = 7 },
        ["wide odd head"] = new(1, 1, 20, 1, 1, 131, 256) { Filled = 12 },
        ["terms"] = new(2, 3, 33, 2, 1, 8, 8) { Filled = 11, Terms = Both },
        ["bounded rows"] = new(2, 2, 30, 2, 2, 6, 5) { Filled = 4, MostRows = 6 },
        ["not causal"] = new(2, 4, 30, 2, 2, 8, 8) { Filled = 4, Causal = false },
        ["chunk"] = new(2, 19, 50, 2, 1, 8, 12) { Filled = 3 },
        ["chunk with terms"] = new(2, 9, 40, 2, 2, 7, 7) { Filled = 20, Window = 6, Terms = Both },
        ["bounded chunk"] = new(2, 5, 45, 2, 2, 8, 8) { Filled = 17, MostRows = 33 },
        ["chunk, not causal"] = new(1, 9, 30, 1, 1, 8, 8) { Filled = 4, Causal = false, Window = 3 },
        ["large tiles"] = new(1, 70, 200, 1, 1, 20, 20) { Filled = 100 },
        ["source"] = new(3, 1, 37, 2, 1, 8, 8) { Terms = AttentionTermKinds.KeyMask },
        ["source, chunk"] = new(3, 9, 37, 2, 2, 7, 8) { Terms = AttentionTermKinds.KeyMask },
    };

    public static TheoryData<string> Cases => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_attend_to_their_slots(string name)
    {
        CacheCase attention = All[name];
        float[] q = Numbers.Random(1, attention.Slots * attention.Rows * attention.Heads * attention.HeadDim);
        float[] keys = attention.Cache(2, attention.HeadDim), values = attention.Cache(3, attention.ValueHeadDim);
        float[] distances = Numbers.Random(6, attention.Heads * ((2 * attention.Reach) - 1)), scores = Numbers.Random(7, attention.Slots * attention.Rows * attention.Heads * attention.Context);
        double[] probabilities = attention.Probabilities(q, keys, distances, scores);
        using var device = new Device();
        DeviceBuffer o = device.Unwritten(attention.Slots * attention.Rows * attention.Heads * attention.ValueHeadDim);
        device.Run(
            CachedAttentionKernels.Of(attention.Kernel),
            [device.Of(q), device.Of(keys), device.Of(values), .. Sight(device, attention, distances, scores), o, .. Control(device, attention)]);
        Numbers.Close(Gathered(attention, probabilities, values), o.Floats(), 1e-5, 1e-5);

        DeviceBuffer weights = device.Unwritten(probabilities.Length);
        device.Run(
            AttentionWeightsKernels.OfCache(attention.Kernel),
            [device.Of(q), device.Of(keys), .. Sight(device, attention, distances, scores), weights, .. Control(device, attention)]);
        Numbers.Close(probabilities, weights.Floats(), 1e-6, 1e-5);
    }

    [Theory]
    [InlineData(1, 1, 1, 7, false)]
    [InlineData(3, 2, 2, 8, false)]
    [InlineData(2, 5, 3, 12, true)]
    [InlineData(1, 4, 1, 130, true)]
    public void Rows_go_to_their_positions(int slots, int rows, int heads, int headDim, bool isBounded)
    {
        CacheCase append = new(slots, rows, 11, heads, heads, headDim, headDim) { Filled = 2, MostRows = isBounded ? rows + 3 : 0 };
        float[] source = Numbers.Random(1, slots * rows * heads * headDim), cache = Numbers.Random(2, (int)append.SlotStride * slots);
        int[] positions = append.Positions();
        using var device = new Device();
        DeviceBuffer filled = device.Of(cache);
        device.Run(AppendToCacheKernel.Of(append.Kernel, headDim), [device.Of(source), device.Of(positions), filled, .. Control(device, append)]);
        for (int i = 0; i < source.Length; i++)
        {
            int row = i / (heads * headDim), head = i / headDim % heads;
            if (positions[row] >= 0) cache[append.CacheIndex(row / rows, head, positions[row], headDim) + (i % headDim)] = source[i];
        }

        Assert.Equal(cache, filled.Floats());
    }

    private static IEnumerable<object> Sight(Device device, CacheCase attention, float[] distances, float[] scores)
    {
        bool isSource = attention.Terms.HasFlag(AttentionTermKinds.KeyMask);
        yield return device.Of(isSource ? attention.Mask() : attention.Positions());
        if (attention.Terms.HasFlag(AttentionTermKinds.Distances)) yield return device.Of(distances);
        if (attention.Terms.HasFlag(AttentionTermKinds.Scores)) yield return device.Of(scores);
    }

    private static IEnumerable<object> Control(Device device, CacheCase attention) =>
        attention.MostRows > attention.Rows ? [device.Control((ControlField.Rows, attention.Slots * attention.Rows))] : [];

    private static double[] Gathered(CacheCase attention, double[] probabilities, float[] values)
    {
        var o = new double[attention.Slots * attention.Rows * attention.Heads * attention.ValueHeadDim];
        for (int i = 0; i < o.Length; i++)
        {
            int index = i / attention.ValueHeadDim, head = index % attention.Heads / (attention.Heads / attention.KeyValueHeads), slot = index / attention.Heads / attention.Rows;
            for (int key = 0; key < attention.Context; key++)
            {
                double probability = probabilities[(index * attention.Context) + key];
                if (probability != 0) o[i] += probability * values[attention.CacheIndex(slot, head, key, attention.ValueHeadDim) + (i % attention.ValueHeadDim)];
            }
        }

        return o;
    }
}

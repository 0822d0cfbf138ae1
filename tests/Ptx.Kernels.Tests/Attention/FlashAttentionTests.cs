using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class FlashAttentionTests
{
    public static TheoryData<string> Cases => [.. AttentionCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Queries_gather_values(string name)
    {
        AttentionCase attention = AttentionCases.All[name];
        AttentionInputs data = attention.Data();
        AttentionReference expected = new(attention, data);
        using var device = new Device();
        DeviceBuffer o = device.Unwritten(expected.O.Length), logNormalizers = device.Unwritten(expected.LogNormalizers.Length);
        device.Run(
            FlashAttentionKernels.Forward(attention.Kernel, LogNormalizers.Kept),
            [device.Of(data.Q), device.Of(data.K), device.Of(data.V), .. data.TermBuffers(device), o, logNormalizers, .. data.DropoutArguments(device)]);
        Numbers.Close(expected.LogNormalizers, logNormalizers.Floats(), 2e-6, 2e-6);
        Numbers.Close(expected.O, o.Floats(), 1e-5, 1e-5);
    }

    [Theory]
    [InlineData("Both", 5, 5)]
    [InlineData("Both", 33, 33)]
    [InlineData("Queries", 5, 40)]
    public void The_control_block_says_how_many_queries_there_are(string extents, int queries, int keys)
    {
        AttentionBounds bounds = Enum.Parse<AttentionBounds>(extents);
        AttentionCase attention = new(2, queries, keys, 2, 1, 8, 8) { Causal = bounds == AttentionBounds.Both, Terms = AttentionTermKinds.KeyMask };
        AttentionInputs data = attention.Data();
        AttentionReference expected = new(attention, data);
        using var device = new Device();
        SequenceAttention most = new((attention with { Queries = 40, Keys = 40 }).Shape, attention.Terms, 0, 0, bounds);
        DeviceBuffer o = device.Unwritten(expected.O.Length), control = device.Control((ControlField.Rows, 2 * queries));
        device.Run(FlashAttentionKernels.Forward(most, LogNormalizers.Dropped), [device.Of(data.Q), device.Of(data.K), device.Of(data.V), .. data.TermBuffers(device), o, control]);
        Numbers.Close(expected.O, o.Floats(), 1e-5, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_can_be_seen(string name)
    {
        AttentionCase attention = AttentionCases.All[name] with { Rate = 0 };
        AttentionInputs data = attention.Data();
        AttentionReference expected = new(attention, data);
        using var device = new Device();
        DeviceBuffer weights = device.Unwritten(attention.Pairs);
        device.Run(AttentionWeightsKernels.Of(attention.Kernel), [device.Of(data.Q), device.Of(data.K), .. data.TermBuffers(device), weights]);
        Numbers.Close([.. expected.Probabilities.Zip(expected.Weights, (probability, factor) => probability * factor)], weights.Floats(), 2e-6, 1e-5);
    }

    [Fact]
    public void Nothing_is_dropped_where_dropout_is_off()
    {
        AttentionCase attention = new(2, 9, 19, 2, 1, 8, 8) { Rate = 0.5f };
        AttentionInputs data = attention.Data();
        AttentionReference expected = new(attention with { Rate = 0 }, data);
        using var device = new Device();
        DeviceBuffer o = device.Unwritten(expected.O.Length), control = device.Control((ControlField.DropoutIsOn, 0));
        device.Run(FlashAttentionKernels.Forward(attention.Kernel, LogNormalizers.Dropped), device.Of(data.Q), device.Of(data.K), device.Of(data.V), o, 7u, control);
        Numbers.Close(expected.O, o.Floats(), 1e-5, 1e-5);
    }

    [Fact]
    public void Results_do_not_depend_on_the_order_of_warps()
    {
        AttentionCase attention = AttentionCases.All["large tiles, window"];
        AttentionInputs data = attention.Data();
        Assert.Equal(Run(seed: 1), Run(seed: 2));

        float[] Run(int seed)
        {
            using var device = new Device(seed);
            DeviceBuffer o = device.Unwritten(attention.Queries * attention.ValueHeadDim);
            device.Run(FlashAttentionKernels.Forward(attention.Kernel, LogNormalizers.Dropped), device.Of(data.Q), device.Of(data.K), device.Of(data.V), o);
            return o.Floats();
        }
    }

    [Theory]
    [InlineData(12, 12, 0.1f)]
    [InlineData(12, 4, 0f)]
    public void Kernels_of_GPT2_and_Llama_are_small(int heads, int keyValueHeads, float rate)
    {
        AttentionCase attention = new(8, 1024, 1024, heads, keyValueHeads, 64, 64) { Causal = true, Rate = rate };
        CacheCase cache = new(1, 1, 1024, heads, keyValueHeads, 64, 64) { MostRows = 64 };
        PtxKernel[] kernels =
        [
            FlashAttentionKernels.Forward(attention.Kernel, LogNormalizers.Kept), AttentionGradientKernels.Means(attention.Kernel),
            AttentionGradientKernels.Queries(attention.Kernel, WeightGradient.None, ScoreGradient.Dropped),
            AttentionGradientKernels.KeysAndValues(attention.Kernel, WeightGradient.None), CachedAttentionKernels.Of(cache.Kernel),
            CachedAttentionKernels.Of((cache with { MostRows = 0 }).Kernel), AppendToCacheKernel.Of(cache.Kernel, 64),
        ];
        Assert.All(kernels, kernel =>
        {
            Assert.InRange(kernel.Text.Length, 1, 40 * 1024);
            Assert.InRange(kernel.SharedBytes, 0, 48 * 1024);
            Assert.InRange(kernel.LiveRegisters, 1, 64 * 1024 / 2 / kernel.Block.Count);
        });
    }
}

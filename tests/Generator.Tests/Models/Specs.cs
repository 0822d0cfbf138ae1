using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Models;

/// <summary>Parts of specs for graphs that are built by hand.</summary>
internal static class Specs
{
    public static AttentionSpec Attention(int heads, int keyValueHeads, int headDim) => new()
    {
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadDim = headDim,
        ValueHeadDim = headDim,
        QueryBias = false,
        KeyBias = false,
        ValueBias = false,
        OutputBias = false,
        QueryKeyNorm = false,
        Causal = true,
        SlidingWindow = 0,
        Scale = 1 / MathF.Sqrt(headDim),
    };

    public static PositionSpec Rotary(PairLayout layout, int rotaryDim) => new()
    {
        Kind = PositionKind.Rotary,
        Layout = layout,
        LearnedLength = 0,
        Theta = 100,
        RotaryDim = rotaryDim,
        Scaling = new RotaryScalingSpec
        {
            Kind = RotaryScalingKind.None,
            Factor = 1,
            LowFrequencyFactor = 0,
            HighFrequencyFactor = 0,
            OriginalContextLength = 0,
        },
    };
}

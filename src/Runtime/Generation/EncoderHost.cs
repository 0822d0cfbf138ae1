using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Generation;

/// <summary>An encoder's memory on the host, for a device that computes in its stead. Valid as long as the encoder.</summary>
internal sealed unsafe class EncoderHost(EncoderShape shape, EncoderPlan plan, Pointer<float> memory)
{
    public EncoderShape Shape => shape;

    public Pointer<float> Tables => memory + plan.Tables;

    /// <summary>All inputs in one piece.</summary>
    public ReadOnlySpan<byte> Inputs => new((memory + plan.Tokens).Value, checked((int)InputCount * sizeof(float)));

    /// <summary>Elements of <see cref="Inputs"/>.</summary>
    public nint InputCount => plan.Length - plan.Tokens;

    /// <summary>Floats of all results, in one piece.</summary>
    public nint OutputCount => plan.Captured - plan.Hidden;

    /// <summary>Where the regions begin in <see cref="Inputs"/>, by the names of an encoder's properties.</summary>
    public IEnumerable<(string Name, nint Offset)> InputOffsets() =>
    [
        (nameof(EncoderPlan.Tokens), 0), (nameof(EncoderPlan.Positions), plan.Positions - plan.Tokens), (nameof(EncoderPlan.TokenTypes), plan.TokenTypes - plan.Tokens),
        (nameof(EncoderPlan.AttentionMask), plan.AttentionMask - plan.Tokens), (nameof(EncoderPlan.Pixels), plan.Pixels - plan.Tokens), (nameof(EncoderPlan.InputScale), plan.InputScale - plan.Tokens),
        (nameof(EncoderPlan.PairMask), plan.PairMask - plan.Tokens),
    ];

    /// <summary>Where the results of a kind begin, from the first one on.</summary>
    public (nint Layers, nint Pooled, nint Logits) OutputOffsets => (plan.Layers - plan.Hidden, plan.Pooled - plan.Hidden, plan.Logits - plan.Hidden);

    /// <summary>From the states of one layer to those of the next.</summary>
    public nint LayerStride => plan.LayerStride;

    /// <summary>How far a result is from the first one.</summary>
    public nint OffsetOf(Pointer<float> output) => (nint)(output.Value - (memory + plan.Hidden).Value);
}

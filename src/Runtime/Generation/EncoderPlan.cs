using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Generation;

/// <summary>Where the regions of an encoder's memory are.</summary>
internal sealed class EncoderPlan
{
    public EncoderPlan(in EncoderShape shape)
    {
        LayerStride = MemoryPlan.Aligned((nint)shape.Rows * shape.DModel);

        var plan = new MemoryPlan();
        Activations = plan.Take(shape.ActivationFloats);
        Tables = plan.Take(shape.TableFloats);
        Hidden = plan.Take(LayerStride);
        Layers = plan.Take(checked(LayerStride * shape.HiddenLayers));
        Pooled = plan.Take((nint)shape.Batch * shape.PooledWidth);
        Logits = plan.Take(shape.LogitFloats);
        CapturedStride = MemoryPlan.Aligned(checked((nint)shape.Rows * shape.SequenceLength * shape.CapturedHeads));
        Captured = plan.Take(checked(CapturedStride * shape.CapturedLayers));
        Tokens = plan.Take(shape.Rows);
        Positions = plan.Take(shape.Rows);
        TokenTypes = plan.Take(shape.Rows);
        AttentionMask = plan.Take(shape.Rows);
        Pixels = plan.Take(checked((nint)shape.Batch * shape.PixelFloats));
        InputScale = plan.Take(shape.ScaleCount);
        PairMask = plan.Take(shape.PairCount);
        Length = plan.Length;
    }

    public nint LayerStride { get; }

    public nint Activations { get; }

    public nint Tables { get; }

    public nint Hidden { get; }

    public nint Layers { get; }

    public nint Pooled { get; }

    public nint Logits { get; }

    public nint Captured { get; }

    /// <summary>The floats between the captured weights of one layer and the next.</summary>
    public nint CapturedStride { get; }

    public nint Tokens { get; }

    public nint Positions { get; }

    public nint TokenTypes { get; }

    public nint AttentionMask { get; }

    public nint Pixels { get; }

    public nint InputScale { get; }

    public nint PairMask { get; }

    public nint Length { get; }
}

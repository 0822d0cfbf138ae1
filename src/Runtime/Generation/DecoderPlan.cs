using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Generation;

/// <summary>Where the regions of a session's memory are.</summary>
internal sealed class DecoderPlan
{
    public DecoderPlan(in DecoderShape shape)
    {
        SlotStride = MemoryPlan.Aligned(shape.StateFloatsPerSlot);
        var plan = new MemoryPlan();
        Activations = plan.Take(shape.ActivationFloats);
        State = plan.Take(checked(SlotStride * shape.Slots));
        Tables = plan.Take(shape.TableFloats);
        Logits = plan.Take((nint)shape.Slots * shape.VocabularySize);
        nint capturedRows = checked((nint)shape.StepRows * shape.CapturedHeads);
        CapturedStride = MemoryPlan.Aligned(checked(capturedRows * shape.ContextLength));
        Captured = plan.Take(checked(CapturedStride * shape.CapturedLayers));
        CapturedCrossStride = MemoryPlan.Aligned(checked(capturedRows * shape.SourceLength));
        CapturedCross = plan.Take(checked(CapturedCrossStride * shape.CapturedLayers));
        CapturedSourceStride = MemoryPlan.Aligned(checked((nint)shape.CapturedSourceHeads * shape.SourceLength * shape.SourceLength));
        CapturedSource = plan.Take(checked(CapturedSourceStride * shape.CapturedSourceLayers));
        Tokens = plan.Take(shape.StepRows);
        Positions = plan.Take(shape.StepRows);
        History = plan.Take((nint)shape.Slots * shape.ContextLength);
        Sources = plan.Take((nint)shape.Slots * shape.SourceLength);
        SourceMasks = plan.Take((nint)shape.Slots * shape.SourceLength);
        SourcePositions = plan.Take(shape.SourceLength);
        Length = plan.Length;
    }

    /// <summary>The floats between the state of one slot and the next.</summary>
    public nint SlotStride { get; }

    public nint Activations { get; }

    public nint State { get; }

    public nint Tables { get; }

    public nint Logits { get; }

    /// <summary>The weights of a step that are captured, of each layer <see cref="CapturedStride"/> floats; so for the two below.</summary>
    public nint Captured { get; }

    public nint CapturedStride { get; }

    public nint CapturedCross { get; }

    public nint CapturedCrossStride { get; }

    public nint CapturedSource { get; }

    public nint CapturedSourceStride { get; }

    public nint Tokens { get; }

    public nint Positions { get; }

    public nint History { get; }

    public nint Sources { get; }

    public nint SourceMasks { get; }

    public nint SourcePositions { get; }

    public nint Length { get; }
}

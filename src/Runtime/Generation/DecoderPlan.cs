using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Generation;

/// <summary>Where the regions of a session's memory are.</summary>
internal sealed class DecoderPlan
{
    public DecoderPlan(in DecoderShape shape)
    {
        int stepRows = Math.Max(shape.PrefillChunk, shape.Batch);
        SlotStride = MemoryPlan.Aligned(shape.StateFloatsPerSlot);
        var plan = new MemoryPlan();
        Activations = plan.Take(shape.ActivationFloats);
        State = plan.Take(checked(SlotStride * shape.Slots));
        Tables = plan.Take(shape.TableFloats);
        Logits = plan.Take((nint)shape.Slots * shape.VocabularySize);
        Captured = plan.Take(shape.CapturedFloats);
        Tokens = plan.Take(stepRows);
        Positions = plan.Take(stepRows);
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

    public nint Captured { get; }

    public nint Tokens { get; }

    public nint Positions { get; }

    public nint History { get; }

    public nint Sources { get; }

    public nint SourceMasks { get; }

    public nint SourcePositions { get; }

    public nint Length { get; }
}

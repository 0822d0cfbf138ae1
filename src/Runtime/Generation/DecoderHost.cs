using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Generation;

/// <summary>A session's memory on the host, for a device that computes in its stead. Valid as long as the session.</summary>
internal sealed unsafe class DecoderHost(DecoderShape shape, DecoderPlan plan, Pointer<float> memory)
{
    public DecoderShape Shape => shape;

    /// <summary>The tokens of a step, and from <see cref="PositionsOffset"/> on their positions.</summary>
    public ReadOnlySpan<int> Inputs => Integers(plan.Tokens, InputCount);

    /// <summary>A token of a step.</summary>
    public int Token(int row) => Inputs[row];

    /// <summary>Where it stands.</summary>
    public int Position(int row) => Inputs[PositionsOffset + row];

    /// <summary>Elements of <see cref="Inputs"/>.</summary>
    public int InputCount => PositionsOffset + shape.StepRows;

    public int PositionsOffset => (int)(plan.Positions - plan.Tokens);

    public Pointer<float> Tables => memory + plan.Tables;

    public ReadOnlySpan<int> SourcePositions => Integers(plan.SourcePositions, shape.SourceLength);

    /// <summary>0 for a token of a source that is hidden, or is none, [slots, SourceLength].</summary>
    public ReadOnlySpan<int> Masks => Integers(plan.SourceMasks, shape.Slots * shape.SourceLength);

    /// <summary>The logits of a slot, [VocabularySize].</summary>
    public Pointer<float> LogitsOf(int slot) => memory + (plan.Logits + (nint)slot * shape.VocabularySize);

    /// <inheritdoc cref="LogitsOf"/>
    public ReadOnlySpan<float> LogitsSpan(int slot) => new(LogitsOf(slot).Value, shape.VocabularySize);

    /// <summary>The tokens of a slot's source, [SourceLength].</summary>
    public ReadOnlySpan<int> SourceOf(int slot) => Integers(plan.Sources + (nint)slot * shape.SourceLength, shape.SourceLength);

    private ReadOnlySpan<int> Integers(nint offset, int count) => new((memory + offset).Value, count);
}

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>What a declaration says of the head beside a config: another head on a pretrained body, its classes, how it pools.</summary>
internal sealed class HeadChoice(AttributeReader reader)
{
    /// <summary>Null for the config's own head.</summary>
    public HeadKind? Kind { get; } = reader.Has("Head") ? reader.Choice("Head", HeadKind.None) : null;

    /// <summary>Null for the config's own.</summary>
    public Setting<int>? Labels { get; } = reader.Integer("Labels");

    /// <summary>The chosen head where a family has no form of its own for it.</summary>
    public HeadDraft GenericHead() => new()
    {
        Kind = Kind!.Value,
        Labels = Kind == HeadKind.SpanExtraction ? new Setting<int>(2, "Labels", null) : Labels,
        Bias = Kind is not (HeadKind.LanguageModel or HeadKind.None),
        Pooling = Kind == HeadKind.SequenceClassification ? PoolingKind.First : PoolingKind.None,
    };

    /// <summary>A family's head with the pooling that is asked for; reports what has no effect on it, or is missing.</summary>
    public HeadDraft Complete(HeadDraft head)
    {
        bool hasLabels = head.Kind is HeadKind.SequenceClassification or HeadKind.TokenClassification;
        bool hasPooling = head.Kind is HeadKind.SequenceClassification or HeadKind.None;
        if (!hasLabels) reader.WarnWithoutEffect("a classifier", "Labels");
        if (hasLabels && head.Labels is null) reader.Required("Labels");
        if (!hasPooling)
        {
            reader.WarnWithoutEffect("a head that pools", "Pooling", "Pooler", "NormalizePooled");
            return head;
        }

        PoolingKind pooling = reader.Choice("Pooling", head.Pooling);
        if (pooling == PoolingKind.None) reader.WarnWithoutEffect("a pooling", "Pooler", "NormalizePooled");
        bool hasPooler = pooling != PoolingKind.None && reader.Flag("Pooler", head.Pooler is not null && pooling == head.Pooling);
        return head with
        {
            Pooling = pooling,
            Pooler = hasPooler ? head.Pooler ?? Activation.Tanh : null,
            NormalizePooled = pooling != PoolingKind.None && reader.Flag("NormalizePooled", false),
        };
    }
}

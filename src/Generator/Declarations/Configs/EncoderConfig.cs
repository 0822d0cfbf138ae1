namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>What families with several heads share: <c>architectures</c> says which head, and some keys what it tells apart.</summary>
internal abstract class EncoderConfig(
    string modelType, (string Class, HeadKind Head)[] architectures, (string Key, string Default)[] mapped,
    (string Key, string[] Values)[] bound, string[] ignorable)
    : ConfigFamily(modelType, [.. _heads, .. mapped], [("is_decoder", ["false"]), .. bound], ignorable)
{
    private static readonly (string Key, string Default)[] _heads =
    [
        ("architectures", "null"),
        ("id2label", "null"),
        ("num_labels", "null"),
        ("problem_type", "null"),
    ];

    public override IReadOnlyList<(string Class, HeadKind Head)> Architectures => architectures;

    /// <summary>The head that the declaration or else the config asks for.</summary>
    protected HeadDraft ReadHead(ConfigReader reader, HeadChoice choice)
    {
        HeadKind kind = choice.Kind ?? ReadArchitecture(reader);
        if (!architectures.Any(known => known.Head == kind)) return choice.GenericHead();
        return kind switch
        {
            HeadKind.SequenceClassification => SequenceClassifier(reader, choice),
            HeadKind.TokenClassification => new HeadDraft { Kind = kind, Labels = ReadLabels(reader, choice), Bias = true },
            HeadKind.SpanExtraction => new HeadDraft { Kind = kind, Labels = new Setting<int>(2, "Labels", null), Bias = true },
            HeadKind.MaskedLanguageModel => MaskedLanguageModel(reader),
            _ => choice.Kind is null ? Body() : new HeadDraft { Kind = kind },
        };
    }

    /// <summary>The layer between the first token's state and a classifier of sequences; null for none.</summary>
    protected virtual Activation? ClassifierPooler => Activation.Tanh;

    /// <summary>The activation of the layer before a masked language model's projection.</summary>
    protected abstract Activation ReadTransform(ConfigReader reader);

    /// <summary>What the library's class without a head gives.</summary>
    protected virtual HeadDraft Body() => new() { Kind = HeadKind.None, Pooling = PoolingKind.First, Pooler = Activation.Tanh };

    private HeadKind ReadArchitecture(ConfigReader reader)
    {
        if (reader.OptionalTexts("architectures") is not { Count: > 0 } names) return HeadKind.None;
        foreach ((string name, HeadKind head) in architectures)
        {
            if (names.Contains(name)) return head;
        }

        reader.Unsupported("architectures", string.Join(", ", architectures.Select(known => known.Class)) + ", or another head beside the config");
        return HeadKind.None;
    }

    private HeadDraft MaskedLanguageModel(ConfigReader reader) => new()
    {
        Kind = HeadKind.MaskedLanguageModel,
        Tied = reader.Flag("tie_word_embeddings"),
        Bias = true,
        Transform = ReadTransform(reader),
    };

    private HeadDraft SequenceClassifier(ConfigReader reader, HeadChoice choice)
    {
        Setting<int>? labels = ReadLabels(reader, choice);
        return new HeadDraft
        {
            Kind = HeadKind.SequenceClassification,
            Labels = labels,
            Bias = true,
            Pooling = PoolingKind.First,
            Pooler = ClassifierPooler,
            Loss = ReadLoss(reader, labels),
        };
    }

    /// <summary>The library leaves out two labels, its default; a head that the declaration chooses must have a number from somewhere.</summary>
    private static Setting<int>? ReadLabels(ConfigReader reader, HeadChoice choice) =>
        choice.Labels
        ?? reader.OptionalCount("id2label")
        ?? reader.OptionalInteger("num_labels")
        ?? (choice.Kind is null ? new Setting<int>(2, "id2label", reader.Start) : null);

    /// <summary>Without a word in the config, one label is a number to be met.</summary>
    private static LossKind ReadLoss(ConfigReader reader, Setting<int>? labels)
    {
        if (reader.IsNull("problem_type")) return labels?.Value == 1 ? LossKind.MeanSquaredError : LossKind.CrossEntropy;
        return reader.Choice(
            "problem_type",
            ("single_label_classification", LossKind.CrossEntropy),
            ("multi_label_classification", LossKind.BinaryCrossEntropy),
            ("regression", LossKind.MeanSquaredError));
    }
}

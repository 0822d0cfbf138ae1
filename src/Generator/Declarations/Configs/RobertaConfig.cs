namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>RoBERTa, XLM-RoBERTa and CamemBERT: built like BERT, with positions that begin after the padding token's id and do not count padding.</summary>
internal sealed class RobertaConfig(string modelType, string classPrefix, string vocabularySize) : BertLikeConfig(
    modelType,
    [
        (classPrefix + "Model", HeadKind.None),
        (classPrefix + "ForMaskedLM", HeadKind.MaskedLanguageModel),
        (classPrefix + "ForSequenceClassification", HeadKind.SequenceClassification),
        (classPrefix + "ForTokenClassification", HeadKind.TokenClassification),
        (classPrefix + "ForQuestionAnswering", HeadKind.SpanExtraction),
    ],
    [
        ("vocab_size", vocabularySize),
        ("layer_norm_eps", "1e-12"),
        ("pad_token_id", "1"),
    ],
    ["output_past"])
{
    public override string Summary => Table.Name == "roberta"
        ? "as `bert`, with positions that begin after the padding token's id and do not count padding; one layer and tanh in the classifier"
        : "as `roberta`";

    protected override SpecDraft Map(ConfigReader reader, HeadChoice choice) => Map(reader, choice, CheckpointFamily.Roberta, reader.Integer("pad_token_id")) with
    {
        DropoutPlaces = DropoutPlaces.AfterAttention | DropoutPlaces.BeforePooler,
    };

    protected override Activation ReadTransform(ConfigReader reader) => Activation.Gelu;
}

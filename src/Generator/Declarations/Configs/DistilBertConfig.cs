namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>DistilBERT: BERT without token types and pooler, with a layer and ReLU in the classifier of sequences.</summary>
internal sealed class DistilBertConfig() : EncoderConfig(
    "distilbert",
    [
        ("DistilBertModel", HeadKind.None),
        ("DistilBertForMaskedLM", HeadKind.MaskedLanguageModel),
        ("DistilBertForSequenceClassification", HeadKind.SequenceClassification),
        ("DistilBertForTokenClassification", HeadKind.TokenClassification),
        ("DistilBertForQuestionAnswering", HeadKind.SpanExtraction),
    ],
    [
        ("vocab_size", "30522"),
        ("max_position_embeddings", "512"),
        ("n_layers", "6"),
        ("n_heads", "12"),
        ("dim", "768"),
        ("hidden_dim", "3072"),
        ("dropout", "0.1"),
        ("attention_dropout", "0.1"),
        ("activation", "\"gelu\""),
        ("initializer_range", "0.02"),
        ("qa_dropout", "0.1"),
        ("seq_classif_dropout", "0.2"),
        ("tie_word_embeddings", "true"),
        ("pad_token_id", "0"),
    ],
    [("sinusoidal_pos_embds", ["false"])],
    [
        // tie_weights_ is an old form of tie_word_embeddings that the library does not read.
        "tie_weights_", "output_past",
    ])
{
    public override string Summary => "as `bert`, without token types and pooler; one layer and ReLU in the classifier";

    protected override Activation? ClassifierPooler => Activation.Relu;

    protected override SpecDraft Map(ConfigReader reader, HeadChoice choice)
    {
        Setting<int> length = reader.Integer("max_position_embeddings");
        Setting<double> dropout = reader.Number("dropout");
        HeadDraft head = ReadHead(reader, choice);
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.DistilBert,
            DModel = reader.Integer("dim"),
            PaddingToken = reader.OptionalInteger("pad_token_id"),
            Encoder = new StackDraft
            {
                VocabularySize = reader.Integer("vocab_size"),
                ContextLength = length,
                Layers = reader.Integer("n_layers"),
                Heads = reader.Integer("n_heads"),
                FeedForwardDim = reader.Integer("hidden_dim"),
                Biases = BiasDraft.Everywhere,
                Causal = false,
                Activation = ReadActivation(reader, "activation"),
                Gated = false,
                Position = new PositionDraft { Kind = PositionKind.Learned, LearnedLength = length },
                EmbeddingNorm = true,
            },
            Norm = NormKind.LayerNorm,
            NormPlacement = NormPlacement.Post,
            NormEpsilon = new Setting<double>(1e-12, "layer_norm_eps", reader.Start),
            Head = head,
            EmbeddingDropout = dropout,
            AttentionDropout = reader.Number("attention_dropout"),
            ResidualDropout = dropout,
            HeadDropout = HeadDropout(reader, head.Kind, dropout),
            DropoutPlaces = DropoutPlaces.None,
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }

    protected override Activation ReadTransform(ConfigReader reader) => ReadActivation(reader, "activation");

    protected override HeadDraft Body() => new() { Kind = HeadKind.None };

    private static Setting<double>? HeadDropout(ConfigReader reader, HeadKind head, Setting<double> dropout) => head switch
    {
        HeadKind.SequenceClassification => reader.Number("seq_classif_dropout"),
        HeadKind.TokenClassification => dropout,
        HeadKind.SpanExtraction => reader.Number("qa_dropout"),
        _ => null,
    };
}

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>What BART and Marian share: an encoder and a decoder with sizes of their own, norms after the blocks, a tied head with a bias that is not trained.</summary>
internal abstract class BartLikeConfig(
    string modelType, (string Class, HeadKind Head)[] architectures, (string Key, string Default)[] mapped,
    (string Key, string[] Values)[] bound)
    : ConfigFamily(modelType, [.. _shared, .. mapped], [.. _bound, .. bound], _ignorable, hasSource: "true")
{
    private static readonly (string Key, string Default)[] _shared =
    [
        ("architectures", "null"),
        ("max_position_embeddings", "1024"),
        ("encoder_layers", "12"),
        ("encoder_ffn_dim", "4096"),
        ("encoder_attention_heads", "16"),
        ("decoder_layers", "12"),
        ("decoder_ffn_dim", "4096"),
        ("decoder_attention_heads", "16"),
        ("activation_function", "\"gelu\""),
        ("d_model", "1024"),
        ("dropout", "0.1"),
        ("attention_dropout", "0.0"),
        ("activation_dropout", "0.0"),
        ("init_std", "0.02"),
        ("scale_embedding", "false"),
        ("tie_word_embeddings", "true"),
    ];

    private static readonly (string Key, string[] Values)[] _bound =
    [
        ("encoder_layerdrop", ["0.0", "0"]),
        ("decoder_layerdrop", ["0.0", "0"]),
        ("normalize_before", ["false"]),
        ("add_final_layer_norm", ["false"]),
    ];

    private static readonly string[] _ignorable =
    [
        // num_hidden_layers repeats encoder_layers; classifiers are not built; the rest is what old versions wrote and nobody reads.
        "num_hidden_layers", "classifier_dropout", "classif_dropout", "_num_labels", "add_bias_logits", "extra_pos_embeddings",
        "force_bos_token_to_be_generated", "gradient_checkpointing", "output_past", "save_step",
    ];

    public override IReadOnlyList<(string Class, HeadKind Head)> Architectures => architectures;

    /// <summary>Everything but the vocabularies and the positions, which are those of the draft's stacks.</summary>
    protected SpecDraft Map(ConfigReader reader, CheckpointFamily checkpoint, Setting<int> sourceVocabulary, Setting<int> vocabulary, PositionDraft position)
    {
        RequireArchitecture(reader);
        Setting<int> width = reader.Integer("d_model");
        Setting<double> dropout = reader.Number("dropout");
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = checkpoint,
            DModel = width,
            Encoder = Stack(reader, "encoder", sourceVocabulary, position) with { Causal = false },
            Decoder = Stack(reader, "decoder", vocabulary, position),
            Norm = NormKind.LayerNorm,
            NormPlacement = NormPlacement.Post,
            NormEpsilon = new Setting<double>(1e-5, "layer_norm_eps", reader.Start),
            EmbeddingScale = reader.Flag("scale_embedding") ? RootOf(width) : null,
            SharedEmbeddings = true,
            PaddingToken = reader.OptionalInteger("pad_token_id"),
            Head = new HeadDraft { Tied = reader.Flag("tie_word_embeddings"), Bias = true, HasFixedBias = true },
            EmbeddingDropout = dropout,
            AttentionDropout = reader.Number("attention_dropout"),
            ResidualDropout = dropout,
            FeedForwardDropout = reader.Number("activation_dropout"),
            InitializationDeviation = reader.Number("init_std"),
        };
    }

    private static StackDraft Stack(ConfigReader reader, string side, Setting<int> vocabulary, PositionDraft position) => new()
    {
        VocabularySize = vocabulary,
        ContextLength = reader.Integer("max_position_embeddings"),
        Layers = reader.Integer(side + "_layers"),
        Heads = reader.Integer(side + "_attention_heads"),
        FeedForwardDim = reader.Integer(side + "_ffn_dim"),
        Biases = BiasDraft.Everywhere,
        Activation = ReadActivation(reader, "activation_function"),
        Gated = false,
        Position = position,
    };
}

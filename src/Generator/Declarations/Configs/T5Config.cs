namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>T5: a learned bias on scores for each bucket of distances, RMSNorm before each block, no biases, unscaled attention.</summary>
/// <remarks>
/// Nothing in the model depends on a length: <c>n_positions</c>, which the library ignores, is the length of both stacks only until the
/// declaration says others.
/// </remarks>
internal sealed class T5Config() : ConfigFamily(
    "t5",
    [
        ("architectures", "null"),
        ("vocab_size", "32128"),
        ("n_positions", "512"),
        ("d_model", "512"),
        ("d_kv", "64"),
        ("d_ff", "2048"),
        ("num_layers", "6"),
        ("num_decoder_layers", "null"),
        ("num_heads", "8"),
        ("relative_attention_num_buckets", "32"),
        ("relative_attention_max_distance", "128"),
        ("dropout_rate", "0.1"),
        ("layer_norm_epsilon", "1e-6"),
        ("initializer_factor", "1.0"),
        ("feed_forward_proj", "\"relu\""),
        ("tie_word_embeddings", "true"),
    ],
    [],
    [
        // The library works the first two out of feed_forward_proj; classifiers are not built.
        "dense_act_fn", "is_gated_act", "classifier_dropout", "output_past", "gradient_checkpointing",
    ],
    hasSource: "true")
{
    public override string Summary =>
        "encoder and decoder; RMSNorm before each block, a relative bias by buckets, unscaled attention, ReLU (v1.0) or gated GELU (v1.1), tied and scaled or untied head";

    public override IReadOnlyList<(string Class, HeadKind Head)> Architectures { get; } =
        [("T5ForConditionalGeneration", HeadKind.LanguageModel), ("T5WithLMHeadModel", HeadKind.LanguageModel)];

    protected override SpecDraft Map(ConfigReader reader)
    {
        RequireArchitecture(reader);
        Setting<int> width = reader.Integer("d_model"), layers = reader.Integer("num_layers");
        Setting<double> dropout = reader.Number("dropout_rate");
        Setting<double> factor = reader.Number("initializer_factor"), root = RootOf(width);
        bool isTied = reader.Flag("tie_word_embeddings");
        StackDraft stack = Stack(reader, layers);
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.T5,
            DModel = width,
            Encoder = stack with { Causal = false },
            Decoder = stack with { Layers = reader.OptionalInteger("num_decoder_layers") ?? layers },
            Norm = NormKind.RmsNorm,
            NormEpsilon = reader.Number("layer_norm_epsilon"),
            SharedEmbeddings = true,
            Head = new HeadDraft { Tied = isTied, Scale = isTied ? (float)(1 / root.Value) : 1 },
            EmbeddingDropout = dropout,
            AttentionDropout = dropout,
            ResidualDropout = dropout,
            FeedForwardDropout = dropout,
            DropoutPlaces = DropoutPlaces.AfterAttention | DropoutPlaces.AfterFinalNorm,
            InitializationDeviation = factor with { Value = factor.Value / root.Value },
        };
    }

    private static StackDraft Stack(ConfigReader reader, Setting<int> layers)
    {
        (Activation activation, bool isGated) = ReadFeedForward(reader);
        return new StackDraft
        {
            VocabularySize = reader.Integer("vocab_size"),
            ContextLength = reader.Integer("n_positions"),
            IsContextOpen = true,
            Layers = layers,
            Heads = reader.Integer("num_heads"),
            HeadDim = reader.Integer("d_kv"),
            FeedForwardDim = reader.Integer("d_ff"),
            Biases = BiasDraft.None,
            ScaledAttention = false,
            Activation = activation,
            Gated = isGated,
            Position = new PositionDraft
            {
                Kind = PositionKind.RelativeBias,
                Buckets = reader.Integer("relative_attention_num_buckets"),
                MaxDistance = reader.Integer("relative_attention_max_distance"),
            },
        };
    }

    /// <summary>In the library <c>gated-gelu</c> is the tanh form, <c>gelu</c> is not.</summary>
    private static (Activation Activation, bool IsGated) ReadFeedForward(ConfigReader reader) => reader.Choice(
        "feed_forward_proj",
        ("relu", (Activation.Relu, false)),
        ("gelu", (Activation.Gelu, false)),
        ("gelu_new", (Activation.GeluTanh, false)),
        ("silu", (Activation.Silu, false)),
        ("gated-relu", (Activation.Relu, true)),
        ("gated-gelu", (Activation.GeluTanh, true)),
        ("gated-gelu_new", (Activation.GeluTanh, true)),
        ("gated-silu", (Activation.Silu, true)));
}

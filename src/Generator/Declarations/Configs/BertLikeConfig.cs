namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>What BERT and RoBERTa share.</summary>
internal abstract class BertLikeConfig(
    string modelType, (string Class, HeadKind Head)[] architectures, (string Key, string Default)[] mapped, string[] ignorable)
    : EncoderConfig(modelType, architectures, [.. _shared, .. mapped], [], [.. _ignorable, .. ignorable])
{
    private static readonly (string Key, string Default)[] _shared =
    [
        ("hidden_size", "768"),
        ("num_hidden_layers", "12"),
        ("num_attention_heads", "12"),
        ("intermediate_size", "3072"),
        ("hidden_act", "\"gelu\""),
        ("hidden_dropout_prob", "0.1"),
        ("attention_probs_dropout_prob", "0.1"),
        ("classifier_dropout", "null"),
        ("max_position_embeddings", "512"),
        ("type_vocab_size", "2"),
        ("initializer_range", "0.02"),
        ("position_embedding_type", "\"absolute\""),
        ("tie_word_embeddings", "true"),
    ];

    private static readonly string[] _ignorable = ["gradient_checkpointing"];

    /// <param name="reader">The config.</param>
    /// <param name="choice">What the declaration says of the head.</param>
    /// <param name="checkpoint">The names of its tensors.</param>
    /// <param name="padding">The token after whose id positions begin; null where they begin at 0.</param>
    protected SpecDraft Map(ConfigReader reader, HeadChoice choice, CheckpointFamily checkpoint, Setting<int>? padding)
    {
        Setting<int> length = reader.Integer("max_position_embeddings");
        PositionKind kind = reader.Choice(
            "position_embedding_type",
            ("absolute", PositionKind.Learned), ("relative_key", PositionKind.RelativeKeys), ("relative_key_query", PositionKind.RelativeKeysAndQueries));
        bool isLearned = kind == PositionKind.Learned;
        int offset = isLearned && padding is not null ? padding.Value + 1 : 0;
        Setting<double> dropout = reader.Number("hidden_dropout_prob");
        HeadDraft head = ReadHead(reader, choice);
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = checkpoint,
            DModel = reader.Integer("hidden_size"),
            Encoder = new StackDraft
            {
                VocabularySize = reader.Integer("vocab_size"),
                ContextLength = length with { Value = length.Value - offset },
                Layers = reader.Integer("num_hidden_layers"),
                Heads = reader.Integer("num_attention_heads"),
                FeedForwardDim = reader.Integer("intermediate_size"),
                Biases = BiasDraft.Everywhere,
                Causal = false,
                Activation = ReadActivation(reader, "hidden_act"),
                Gated = false,
                Position = new PositionDraft
                {
                    Kind = kind,
                    LearnedLength = isLearned ? length : null,
                    PaddingToken = isLearned && padding is not null ? padding.Value : -1,
                    MaxDistance = isLearned ? null : length,
                },
                EmbeddingNorm = true,
            },
            Norm = NormKind.LayerNorm,
            NormPlacement = NormPlacement.Post,
            NormEpsilon = reader.Number("layer_norm_eps"),
            TokenTypes = reader.Integer("type_vocab_size"),
            PaddingToken = reader.OptionalInteger("pad_token_id"),
            UnusedPositions = isLearned ? null : length,
            Head = head,
            EmbeddingDropout = dropout,
            AttentionDropout = reader.Number("attention_probs_dropout_prob"),
            ResidualDropout = dropout,
            HeadDropout = head.Labels is not null && head.Kind != HeadKind.SpanExtraction ? reader.OptionalNumber("classifier_dropout") ?? dropout : null,
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }
}

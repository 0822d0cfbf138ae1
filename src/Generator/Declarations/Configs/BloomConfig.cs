namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>BLOOM: a bias on scores that grows with the distance instead of positions, and a norm after the embedding.</summary>
/// <remarks>
/// The library knows some keys under two names and lets the second one win. Nothing in the model depends on a length, so that
/// <c>seq_length</c>, which the library ignores, is the context length only until the declaration says another.
/// </remarks>
internal sealed class BloomConfig() : ConfigFamily(
    "bloom",
    [
        ("vocab_size", "250880"),
        ("hidden_size", "64"),
        ("n_embed", "null"),
        ("n_layer", "2"),
        ("num_hidden_layers", "null"),
        ("n_head", "8"),
        ("num_attention_heads", "null"),
        ("seq_length", "2048"),
        ("layer_norm_epsilon", "1e-5"),
        ("initializer_range", "0.02"),
        ("hidden_dropout", "0.0"),
        ("attention_dropout", "0.0"),
        ("tie_word_embeddings", "true"),
    ],
    [("apply_residual_connection_post_layernorm", ["false"])],
    [
        // The inner layer is always four times as wide; the others say how something is computed, not what.
        "n_inner", "pretraining_tp", "slow_but_exact", "attention_softmax_in_fp32", "bias_dropout_fusion", "masked_softmax_fusion", "skip_bias_add",
        "skip_bias_add_qkv", "offset_alibi", "unk_token_id", "gradient_checkpointing",
    ])
{
    public override string Summary => "LayerNorm, also after the embedding; ALiBi; GELU (tanh); fused query/key/value weights are read and written head by head";

    protected override SpecDraft Map(ConfigReader reader)
    {
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.Bloom,
            DModel = reader.OptionalInteger("n_embed") ?? reader.Integer("hidden_size"),
            Decoder = new StackDraft
            {
                VocabularySize = reader.Integer("vocab_size"),
                ContextLength = reader.Integer("seq_length"),
                IsContextOpen = true,
                Layers = reader.OptionalInteger("num_hidden_layers") ?? reader.Integer("n_layer"),
                Heads = reader.OptionalInteger("num_attention_heads") ?? reader.Integer("n_head"),
                Biases = BiasDraft.Everywhere,
                Activation = Activation.GeluTanh,
                Gated = false,
                Position = new PositionDraft { Kind = PositionKind.Alibi },
                EmbeddingNorm = true,
            },
            Norm = NormKind.LayerNorm,
            NormEpsilon = reader.Number("layer_norm_epsilon"),
            Head = new HeadDraft { Tied = reader.Flag("tie_word_embeddings") },
            AttentionDropout = reader.Number("attention_dropout"),
            ResidualDropout = reader.Number("hidden_dropout"),
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }
}

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>GPT-2: learned positions, LayerNorm before each block, biases everywhere, GELU by its tanh form.</summary>
internal sealed class Gpt2Config() : ConfigFamily(
    "gpt2",
    [
        ("vocab_size", "50257"),
        ("n_positions", "1024"),
        ("n_embd", "768"),
        ("n_layer", "12"),
        ("n_head", "12"),
        ("n_inner", "null"),
        ("activation_function", "\"gelu_new\""),
        ("resid_pdrop", "0.1"),
        ("embd_pdrop", "0.1"),
        ("attn_pdrop", "0.1"),
        ("layer_norm_epsilon", "1e-5"),
        ("initializer_range", "0.02"),
        ("scale_attn_weights", "true"),
        ("tie_word_embeddings", "true"),
    ],
    [("scale_attn_by_inverse_layer_idx", ["false"])],
    [
        // n_ctx repeats n_positions in old files; reorder_and_upcast_attn changes the order of rounding in half precision only.
        "n_ctx", "reorder_and_upcast_attn", "summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels",
        "summary_first_dropout", "gradient_checkpointing",
    ])
{
    public override string Summary => "LayerNorm, learned positions, GELU (tanh), tied head; `Conv1D` weights are read and written as Hugging Face stores them";

    protected override SpecDraft Map(ConfigReader reader)
    {
        Setting<int> positions = reader.Integer("n_positions");
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.Gpt2,
            DModel = reader.Integer("n_embd"),
            Decoder = new StackDraft
            {
                VocabularySize = reader.Integer("vocab_size"),
                ContextLength = positions,
                Layers = reader.Integer("n_layer"),
                Heads = reader.Integer("n_head"),
                FeedForwardDim = reader.OptionalInteger("n_inner"),
                Biases = BiasDraft.Everywhere,
                ScaledAttention = reader.Flag("scale_attn_weights"),
                Activation = ReadActivation(reader, "activation_function"),
                Gated = false,
                Position = new PositionDraft { Kind = PositionKind.Learned, LearnedLength = positions },
            },
            Norm = NormKind.LayerNorm,
            NormEpsilon = reader.Number("layer_norm_epsilon"),
            Head = new HeadDraft { Tied = reader.Flag("tie_word_embeddings") },
            EmbeddingDropout = reader.Number("embd_pdrop"),
            AttentionDropout = reader.Number("attn_pdrop"),
            ResidualDropout = reader.Number("resid_pdrop"),
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }
}

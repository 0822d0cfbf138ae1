namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>GPT-NeoX and Pythia: attention and feed-forward side by side, each with its norm, and rotary positions in a part of each head.</summary>
internal sealed class GptNeoxConfig() : ConfigFamily(
    "gpt_neox",
    [
        ("vocab_size", "50432"),
        ("hidden_size", "6144"),
        ("num_hidden_layers", "44"),
        ("num_attention_heads", "64"),
        ("intermediate_size", "24576"),
        ("hidden_act", "\"gelu\""),
        ("rotary_pct", "0.25"),
        ("partial_rotary_factor", "0.25"),
        ("rotary_emb_base", "10000"),
        ("rope_theta", "10000"),
        ("rope_scaling", "null"),
        ("rope_parameters", "null"),
        ("attention_dropout", "0.0"),
        ("hidden_dropout", "0.0"),
        ("max_position_embeddings", "2048"),
        ("initializer_range", "0.02"),
        ("layer_norm_eps", "1e-5"),
        ("tie_word_embeddings", "false"),
        ("use_parallel_residual", "true"),
        ("attention_bias", "true"),
    ],
    [],
    [
        // classifier_dropout belongs to a head that is not built; the others say how something is computed, not what.
        "classifier_dropout", "gradient_checkpointing",
    ])
{
    public override string Summary =>
        "LayerNorm, attention and feed-forward side by side (or in turn), rotary positions in a part of each head, GELU; fused query/key/value weights are read and written head by head";

    protected override SpecDraft Map(ConfigReader reader)
    {
        Setting<int> width = reader.Integer("hidden_size");
        Setting<int> heads = reader.Integer("num_attention_heads");
        bool attention = reader.Flag("attention_bias");
        Setting<double> theta = reader.AnyNumber("rotary_emb_base", "rope_theta");
        Setting<double> fraction = reader.AnyNumber("rotary_pct", "partial_rotary_factor");
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.GptNeox,
            DModel = width,
            Decoder = new StackDraft
            {
                VocabularySize = reader.Integer("vocab_size"),
                ContextLength = reader.Integer("max_position_embeddings"),
                Layers = reader.Integer("num_hidden_layers"),
                Heads = heads,
                FeedForwardDim = reader.Integer("intermediate_size"),
                Biases = new BiasDraft(attention, attention, attention, attention, FeedForward: true),
                Activation = ReadActivation(reader, "hidden_act"),
                Gated = false,
                Position = RotaryParameters.Read(reader, Table.Name, theta, fraction, HeadDim(width, heads)),
                Residual = reader.Flag("use_parallel_residual") ? ResidualKind.Parallel : ResidualKind.Sequential,
            },
            Norm = NormKind.LayerNorm,
            NormEpsilon = reader.Number("layer_norm_eps"),
            Head = new HeadDraft { Tied = reader.Flag("tie_word_embeddings") },
            EmbeddingDropout = reader.Number("hidden_dropout"),
            AttentionDropout = reader.Number("attention_dropout"),
            ResidualDropout = reader.Number("hidden_dropout"),
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }
}

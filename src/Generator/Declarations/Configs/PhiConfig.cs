namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Phi-1, 1.5 and 2: attention and feed-forward side by side after one norm, rotary positions in a part of each head, biases everywhere.</summary>
internal sealed class PhiConfig() : ConfigFamily(
    "phi",
    [
        ("vocab_size", "51200"),
        ("hidden_size", "2048"),
        ("intermediate_size", "8192"),
        ("num_hidden_layers", "24"),
        ("num_attention_heads", "32"),
        ("num_key_value_heads", "null"),
        ("resid_pdrop", "0.0"),
        ("embd_pdrop", "0.0"),
        ("attention_dropout", "0.0"),
        ("hidden_act", "\"gelu_new\""),
        ("max_position_embeddings", "2048"),
        ("initializer_range", "0.02"),
        ("layer_norm_eps", "1e-5"),
        ("tie_word_embeddings", "false"),
        ("rope_theta", "10000.0"),
        ("rope_scaling", "null"),
        ("rope_parameters", "null"),
        ("partial_rotary_factor", "0.5"),
        ("pad_token_id", "null"),
    ],
    [("qk_layernorm", ["false"])],
    [])
{
    public override string Summary => "LayerNorm, attention and feed-forward side by side after one norm, rotary positions in a part of each head, GELU (tanh), biases everywhere";

    protected override SpecDraft Map(ConfigReader reader)
    {
        Setting<int> width = reader.Integer("hidden_size");
        Setting<int> heads = reader.Integer("num_attention_heads");
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.Phi,
            DModel = width,
            PaddingToken = reader.OptionalInteger("pad_token_id"),
            Decoder = new StackDraft
            {
                VocabularySize = reader.Integer("vocab_size"),
                ContextLength = reader.Integer("max_position_embeddings"),
                Layers = reader.Integer("num_hidden_layers"),
                Heads = heads,
                KeyValueHeads = reader.OptionalInteger("num_key_value_heads"),
                FeedForwardDim = reader.Integer("intermediate_size"),
                Biases = BiasDraft.Everywhere,
                Activation = ReadActivation(reader, "hidden_act"),
                Gated = false,
                Position = RotaryParameters.Read(
                    reader, Table.Name, reader.Number("rope_theta"), reader.Number("partial_rotary_factor"), HeadDim(width, heads)),
                Residual = ResidualKind.ParallelSharedNorm,
            },
            Norm = NormKind.LayerNorm,
            NormEpsilon = reader.Number("layer_norm_eps"),
            Head = new HeadDraft { Tied = reader.Flag("tie_word_embeddings"), Bias = true },
            EmbeddingDropout = reader.Number("embd_pdrop"),
            AttentionDropout = reader.Number("attention_dropout"),
            ResidualDropout = reader.Number("resid_pdrop"),
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }
}

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>What Llama, Mistral and Qwen2 share: RMSNorm before each block, rotary positions, grouped queries, a gated feed-forward block.</summary>
internal abstract class RotaryDecoder(string modelType, (string Key, string Default)[] mapped, string[] ignorable)
    : ConfigFamily(modelType, mapped, ignorable)
{
    protected static SpecDraft Map(ConfigReader reader, string family, BiasDraft biases) => new()
    {
        Location = reader.Start,
        Checkpoint = CheckpointFamily.Llama,
        VocabularySize = reader.Integer("vocab_size"),
        ContextLength = reader.Integer("max_position_embeddings"),
        DModel = reader.Integer("hidden_size"),
        Layers = reader.Integer("num_hidden_layers"),
        Heads = reader.Integer("num_attention_heads"),
        KeyValueHeads = reader.OptionalInteger("num_key_value_heads"),
        HeadDim = reader.OptionalInteger("head_dim"),
        FeedForwardDim = reader.Integer("intermediate_size"),
        Biases = biases,
        Activation = ReadActivation(reader, "hidden_act"),
        Gated = true,
        Norm = NormKind.RmsNorm,
        NormEpsilon = reader.Number("rms_norm_eps"),
        Position = RotaryParameters.Read(reader, family),
        TiedHead = reader.Flag("tie_word_embeddings"),
        EmbeddingDropout = new Setting<double>(0, "EmbeddingDropout", null),
        AttentionDropout = reader.Number("attention_dropout"),
        ResidualDropout = new Setting<double>(0, "ResidualDropout", null),
        InitializationDeviation = reader.Number("initializer_range"),
    };
}

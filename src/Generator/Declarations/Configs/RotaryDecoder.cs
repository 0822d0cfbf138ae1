namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>What Llama, Mistral and Qwen2 share: RMSNorm before each block, rotary positions, grouped queries, a gated feed-forward block.</summary>
internal abstract class RotaryDecoder(string modelType, (string Key, string Default)[] mapped, string[] ignorable)
    : ConfigFamily(modelType, mapped, ignorable)
{
    protected static SpecDraft Map(ConfigReader reader, string family, BiasDraft biases) => new()
    {
        Location = reader.Start,
        Checkpoint = CheckpointFamily.Llama,
        DModel = reader.Integer("hidden_size"),
        Decoder = new StackDraft
        {
            VocabularySize = reader.Integer("vocab_size"),
            ContextLength = reader.Integer("max_position_embeddings"),
            Layers = reader.Integer("num_hidden_layers"),
            Heads = reader.Integer("num_attention_heads"),
            KeyValueHeads = reader.OptionalInteger("num_key_value_heads"),
            HeadDim = reader.OptionalInteger("head_dim"),
            FeedForwardDim = reader.Integer("intermediate_size"),
            Biases = biases,
            Activation = ReadActivation(reader, "hidden_act"),
            Gated = true,
            Position = RotaryParameters.Read(reader, family),
        },
        Norm = NormKind.RmsNorm,
        NormEpsilon = reader.Number("rms_norm_eps"),
        Head = new HeadDraft { Tied = reader.Flag("tie_word_embeddings") },
        AttentionDropout = reader.Number("attention_dropout"),
        InitializationDeviation = reader.Number("initializer_range"),
    };
}

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>What Llama, Mistral, Qwen2 and Gemma share: RMSNorm before each block, rotary positions, grouped queries, a gated feed-forward block.</summary>
internal abstract class RotaryDecoder(string modelType, (string Key, string Default)[] mapped, (string Key, string[] Values)[] bound, string[] ignorable)
    : ConfigFamily(modelType, mapped, bound, ignorable)
{
    protected static SpecDraft Map(ConfigReader reader, string family, BiasDraft biases, Activation activation)
    {
        Setting<int> width = reader.Integer("hidden_size");
        Setting<int> heads = reader.Integer("num_attention_heads");
        Setting<int>? headDim = reader.OptionalInteger("head_dim");
        return new SpecDraft
        {
            Location = reader.Start,
            Checkpoint = CheckpointFamily.Llama,
            DModel = width,
            Decoder = new StackDraft
            {
                VocabularySize = reader.Integer("vocab_size"),
                ContextLength = reader.Integer("max_position_embeddings"),
                Layers = reader.Integer("num_hidden_layers"),
                Heads = heads,
                KeyValueHeads = reader.OptionalInteger("num_key_value_heads"),
                HeadDim = headDim,
                FeedForwardDim = reader.Integer("intermediate_size"),
                Biases = biases,
                Activation = activation,
                Gated = true,
                Position = RotaryParameters.Read(reader, family, reader.Number("rope_theta"), fraction: null, headDim?.Value ?? HeadDim(width, heads)),
            },
            PaddingToken = reader.OptionalInteger("pad_token_id"),
            Norm = NormKind.RmsNorm,
            NormEpsilon = reader.Number("rms_norm_eps"),
            Head = new HeadDraft { Tied = reader.Flag("tie_word_embeddings") },
            AttentionDropout = reader.Number("attention_dropout"),
            InitializationDeviation = reader.Number("initializer_range"),
        };
    }
}

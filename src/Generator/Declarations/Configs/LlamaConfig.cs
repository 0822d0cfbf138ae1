namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Llama 1 to 3, and what is built like it.</summary>
internal sealed class LlamaConfig() : RotaryDecoder(
    "llama",
    [
        ("vocab_size", "32000"),
        ("hidden_size", "4096"),
        ("intermediate_size", "11008"),
        ("num_hidden_layers", "32"),
        ("num_attention_heads", "32"),
        ("num_key_value_heads", "null"),
        ("head_dim", "null"),
        ("hidden_act", "\"silu\""),
        ("max_position_embeddings", "2048"),
        ("initializer_range", "0.02"),
        ("rms_norm_eps", "1e-6"),
        ("tie_word_embeddings", "false"),
        ("rope_theta", "10000.0"),
        ("rope_scaling", "null"),
        ("rope_parameters", "null"),
        ("attention_bias", "false"),
        ("attention_dropout", "0.0"),
        ("pad_token_id", "null"),
        ("mlp_bias", "false"),
    ],
    [],
    [
        // pretraining_tp splits products into slices and adds them up again.
        "pretraining_tp",
    ])
{
    public override string Summary => "RMSNorm, rotary positions (also linear and Llama 3 scaling), grouped-query attention, SwiGLU";

    protected override SpecDraft Map(ConfigReader reader)
    {
        bool attention = reader.Flag("attention_bias");
        var biases = new BiasDraft(attention, attention, attention, attention, FeedForward: reader.Flag("mlp_bias"));
        return Map(reader, Table.Name, biases, ReadActivation(reader, "hidden_act"));
    }
}

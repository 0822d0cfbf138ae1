namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Mistral: Llama without biases and with a sliding window.</summary>
internal sealed class MistralConfig() : RotaryDecoder(
    "mistral",
    [
        ("vocab_size", "32000"),
        ("hidden_size", "4096"),
        ("intermediate_size", "14336"),
        ("num_hidden_layers", "32"),
        ("num_attention_heads", "32"),
        ("num_key_value_heads", "8"),
        ("head_dim", "null"),
        ("hidden_act", "\"silu\""),
        ("max_position_embeddings", "131072"),
        ("initializer_range", "0.02"),
        ("rms_norm_eps", "1e-6"),
        ("tie_word_embeddings", "false"),
        ("rope_theta", "10000.0"),
        ("rope_scaling", "null"),
        ("rope_parameters", "null"),
        ("sliding_window", "4096"),
        ("attention_dropout", "0.0"),
        ("pad_token_id", "null"),
    ],
    [],
    [])
{
    public override string Summary => "as `llama`, with a sliding window";

    protected override SpecDraft Map(ConfigReader reader)
    {
        SpecDraft draft = Map(reader, Table.Name, BiasDraft.None, ReadActivation(reader, "hidden_act"));
        return draft with { Decoder = draft.Decoder! with { SlidingWindow = reader.OptionalInteger("sliding_window") } };
    }
}

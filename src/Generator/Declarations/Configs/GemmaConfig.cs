namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Gemma 1: built like Llama, with norms that multiply by 1 + weight, GELU (tanh) gates and embeddings scaled by the root of the width.</summary>
internal sealed class GemmaConfig() : RotaryDecoder(
    "gemma",
    [
        ("vocab_size", "256000"),
        ("hidden_size", "3072"),
        ("intermediate_size", "24576"),
        ("num_hidden_layers", "28"),
        ("num_attention_heads", "16"),
        ("num_key_value_heads", "16"),
        ("head_dim", "256"),
        ("hidden_act", "\"gelu_pytorch_tanh\""),
        ("hidden_activation", "null"),
        ("max_position_embeddings", "8192"),
        ("initializer_range", "0.02"),
        ("rms_norm_eps", "1e-6"),
        ("tie_word_embeddings", "true"),
        ("rope_theta", "10000.0"),
        ("rope_scaling", "null"),
        ("rope_parameters", "null"),
        ("attention_bias", "false"),
        ("attention_dropout", "0.0"),
        ("pad_token_id", "0"),
    ],
    [("use_bidirectional_attention", ["null", "false"])],
    [])
{
    public override string Summary => "as `llama`, with RMSNorm by 1 + weight, a gate of GELU (tanh), embeddings × √d, and heads of a width of their own";

    protected override SpecDraft Map(ConfigReader reader)
    {
        bool attention = reader.Flag("attention_bias");
        SpecDraft draft = Map(reader, Table.Name, new BiasDraft(attention, attention, attention, attention, FeedForward: false), ReadGate(reader));
        return draft with { NormWeightOffset = 1, EmbeddingScale = RootOf(draft.DModel) };
    }

    /// <summary>The first Gemma's files say <c>gelu</c> where the tanh form is meant; <c>hidden_activation</c> was added to say so.</summary>
    private static Activation ReadGate(ConfigReader reader) => reader.IsNull("hidden_activation")
        ? reader.Choice("hidden_act", ("gelu_pytorch_tanh", Activation.GeluTanh), ("gelu", Activation.GeluTanh), ("gelu_new", Activation.GeluTanh))
        : ReadActivation(reader, "hidden_activation");
}

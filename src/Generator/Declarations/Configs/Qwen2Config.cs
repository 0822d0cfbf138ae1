namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Qwen2 and Qwen2.5: Llama with biases on queries, keys and values.</summary>
internal sealed class Qwen2Config() : RotaryDecoder(
    "qwen2",
    [
        ("vocab_size", "151936"),
        ("hidden_size", "4096"),
        ("intermediate_size", "22016"),
        ("num_hidden_layers", "32"),
        ("num_attention_heads", "32"),
        ("num_key_value_heads", "32"),
        ("head_dim", "null"),
        ("hidden_act", "\"silu\""),
        ("max_position_embeddings", "32768"),
        ("initializer_range", "0.02"),
        ("rms_norm_eps", "1e-6"),
        ("tie_word_embeddings", "false"),
        ("rope_theta", "10000.0"),
        ("rope_scaling", "null"),
        ("rope_parameters", "null"),
        ("use_sliding_window", "false"),
        ("sliding_window", "4096"),
        ("max_window_layers", "28"),
        ("layer_types", "null"),
        ("attention_dropout", "0.0"),
        ("pad_token_id", "null"),
    ],
    [],
    [])
{
    private const string FullAttention = "full_attention";
    private const string SlidingAttention = "sliding_attention";

    public override string Summary => "as `llama`, with biases on query, key and value";

    protected override SpecDraft Map(ConfigReader reader)
    {
        var biases = new BiasDraft(Query: true, Key: true, Value: true, AttentionOutput: false, FeedForward: false);
        SpecDraft draft = Map(reader, Table.Name, biases, ReadActivation(reader, "hidden_act"));
        return draft with { Decoder = draft.Decoder! with { SlidingWindow = SlidingWindow(reader, draft.Decoder.Layers.Value) } };
    }

    /// <summary>
    /// The window of every layer. Qwen2 gives one only to the layers from <c>max_window_layers</c> on, or to those that <c>layer_types</c> names;
    /// a mixture is not supported.
    /// </summary>
    private static Setting<int>? SlidingWindow(ConfigReader reader, int layers)
    {
        Setting<int>? window = reader.OptionalInteger("sliding_window");
        Setting<int> firstLayer = reader.Integer("max_window_layers");
        bool isUsed = reader.Flag("use_sliding_window");
        if (reader.OptionalTexts("layer_types") is { } types) return SlidingWindow(reader, types, isUsed ? window : null, layers);
        if (!isUsed || window is null || firstLayer.Value >= layers) return null;
        if (firstLayer.Value > 0) reader.Unsupported("max_window_layers", "0, or at least num_hidden_layers");
        return window;
    }

    private static Setting<int>? SlidingWindow(ConfigReader reader, IReadOnlyList<string> types, Setting<int>? window, int layers)
    {
        bool fits = types.Count == layers;
        if (fits && types.All(type => type == FullAttention)) return null;
        if (!fits || window is null || !types.All(type => type == SlidingAttention))
            reader.Unsupported("layer_types", $"one \"{FullAttention}\" per layer, or, with a sliding window in use, one \"{SlidingAttention}\" per layer");
        return window;
    }
}

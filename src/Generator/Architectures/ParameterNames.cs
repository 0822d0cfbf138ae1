namespace Transformer.Compiled.Generator.Architectures;

/// <summary>The project's own parameter names. Checkpoint families map them to theirs; random streams are keyed by them.</summary>
internal static class ParameterNames
{
    public const string TokenEmbedding = "embedding.tokens.weight";
    public const string PositionEmbedding = "embedding.positions.weight";
    public const string FinalNorm = "final_norm";
    public const string Head = "head";

    public const string AttentionNorm = "attention.norm";
    public const string Query = "attention.query";
    public const string Key = "attention.key";
    public const string Value = "attention.value";
    public const string AttentionOutput = "attention.output";
    public const string QueryNorm = "attention.query_norm";
    public const string KeyNorm = "attention.key_norm";
    public const string FeedForwardNorm = "feed_forward.norm";
    public const string Gate = "feed_forward.gate";
    public const string Up = "feed_forward.up";
    public const string Down = "feed_forward.down";

    /// <summary>The modules of one layer, in the order of the forward pass.</summary>
    public static IReadOnlyList<string> LayerModules { get; } =
        [AttentionNorm, Query, Key, Value, QueryNorm, KeyNorm, AttentionOutput, FeedForwardNorm, Gate, Up, Down];

    public static string Layer(int layer, string module) => $"layers.{layer.ToString(System.Globalization.CultureInfo.InvariantCulture)}.{module}";

    public static string Weight(string module) => module + ".weight";

    public static string Bias(string module) => module + ".bias";
}

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>The project's own parameter names. Checkpoint families map them to theirs; random streams are keyed by them.</summary>
internal static class ParameterNames
{
    /// <summary>Before the names of an encoder–decoder's stacks; a model of one stack has none.</summary>
    public const string EncoderPrefix = "encoder.", DecoderPrefix = "decoder.";

    // Of a stack, after its prefix. Shared token embeddings have no prefix.
    public const string TokenEmbedding = "embedding.tokens.weight";
    public const string PositionEmbedding = "embedding.positions.weight";
    public const string TypeEmbedding = "embedding.types.weight";
    public const string ClassToken = "embedding.class_token.weight";
    public const string PatchProjection = "embedding.patches";
    public const string EmbeddingProjection = "embedding.projection";
    public const string EmbeddingNorm = "embedding.norm";
    public const string RelativeBias = "relative_bias.weight";
    public const string LayerSumWeights = "layer_sum.weights", LayerSumScale = "layer_sum.scale";
    public const string FinalNorm = "final_norm";

    // Of the model.
    public const string Head = "head";
    public const string HeadTransform = "head_transform", HeadTransformNorm = "head_transform.norm";
    public const string Pooler = "pooler";

    // Of a layer.
    public const string AttentionNorm = "attention.norm";
    public const string Query = "attention.query";
    public const string Key = "attention.key";
    public const string Value = "attention.value";
    public const string AttentionOutput = "attention.output";
    public const string QueryNorm = "attention.query_norm";
    public const string KeyNorm = "attention.key_norm";
    public const string RelativeKeys = "attention.relative_keys.weight";
    public const string RelativeValues = "attention.relative_values.weight";
    public const string QueryPositions = "attention.query_positions.weight";
    public const string KeyPositions = "attention.key_positions.weight";
    public const string ValuePositions = "attention.value_positions.weight";
    public const string CrossNorm = "cross_attention.norm";
    public const string CrossQuery = "cross_attention.query";
    public const string CrossKey = "cross_attention.key";
    public const string CrossValue = "cross_attention.value";
    public const string CrossOutput = "cross_attention.output";
    public const string FeedForwardNorm = "feed_forward.norm";
    public const string Gate = "feed_forward.gate";
    public const string Up = "feed_forward.up";
    public const string Down = "feed_forward.down";

    public static string Layer(int layer, string module) => $"layers.{layer.ToString(System.Globalization.CultureInfo.InvariantCulture)}.{module}";

    public static string Weight(string module) => module + ".weight";

    public static string Bias(string module) => module + ".bias";
}

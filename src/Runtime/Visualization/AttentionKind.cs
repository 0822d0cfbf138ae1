namespace Transformer.Compiled.Visualization;

/// <summary>Who looks at whom.</summary>
public enum AttentionKind
{
    /// <summary>Tokens of a source, or of an encoder-only model's text, at each other.</summary>
    EncoderSelf,

    /// <summary>Tokens of a target, or of a decoder-only model's text, at those before them and themselves.</summary>
    DecoderSelf,

    /// <summary>Tokens of a target at those of the source.</summary>
    Cross,
}

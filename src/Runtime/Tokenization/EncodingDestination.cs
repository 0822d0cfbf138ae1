namespace Transformer.Compiled.Tokenization;

/// <summary>The caller's memory for an encoding of fixed length, which is that of <see cref="Tokens"/>.</summary>
public readonly ref struct EncodingDestination
{
    /// <param name="tokens">As long as the encoding shall be.</param>
    /// <param name="tokenTypes">Of the same length, or empty when token types are not wanted.</param>
    /// <param name="attentionMask">Of the same length, or empty when the mask is not wanted.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public EncodingDestination(Span<int> tokens, Span<int> tokenTypes = default, Span<int> attentionMask = default)
    {
        RequireLength(tokenTypes, tokens.Length, nameof(tokenTypes));
        RequireLength(attentionMask, tokens.Length, nameof(attentionMask));
        Tokens = tokens;
        TokenTypes = tokenTypes;
        AttentionMask = attentionMask;
    }

    /// <summary>Tokens, then padding.</summary>
    public Span<int> Tokens { get; }

    /// <summary>The part that each token belongs to; 0 for padding.</summary>
    public Span<int> TokenTypes { get; }

    /// <summary>1 for tokens, 0 for padding.</summary>
    public Span<int> AttentionMask { get; }

    private static void RequireLength(Span<int> values, int length, string name)
    {
        if (!values.IsEmpty && values.Length != length)
            throw new ArgumentException($"There is room for {values.Length} values and for {length} tokens.", name);
    }
}

using System.Runtime.InteropServices;

namespace Transformer.Compiled.Tokenization;

/// <summary>A tokenizer that puts tokens around one text or two, as a template says.</summary>
public abstract class TemplateTokenizer : ITokenizer
{
    private protected TemplateTokenizer(TokenTemplate template, int? paddingToken)
    {
        Template = template;
        PaddingToken = paddingToken;
    }

    /// <inheritdoc/>
    public abstract int VocabularySize { get; }

    /// <inheritdoc/>
    public abstract int LeadingSpaces { get; }

    /// <summary>The token that fills encodings up, if there is one.</summary>
    public int? PaddingToken { get; }

    private TokenTemplate Template { get; }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<char> text) => Combined(Template.Single, TokensOf(text), []).Tokens;

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<char> text, Span<int> tokens) => TokenBytes.CopyTo(Encode(text), tokens);

    /// <summary>Two texts, such as a question and a paragraph, with the tokens around them and the part that each belongs to.</summary>
    public TokenEncoding EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second) =>
        Combined(Template.Pair, TokensOf(first), TokensOf(second));

    /// <summary>As <see cref="Encode(ReadOnlySpan{char})"/>, cut or padded to the length of the destination.</summary>
    /// <param name="text">The text; what does not fit is cut from its end.</param>
    /// <param name="destination">Receives tokens and, where wanted, their types and the mask.</param>
    /// <returns>The number of tokens before the padding.</returns>
    /// <exception cref="ArgumentException">Even the tokens around the text do not fit.</exception>
    /// <exception cref="InvalidOperationException">Padding is needed, and the tokenizer has no token for it.</exception>
    public int Encode(ReadOnlySpan<char> text, EncodingDestination destination)
    {
        Span<int> tokens = TokensOf(text);
        int room = destination.Tokens.Length - Template.Single.Overhead;
        int kept = Truncations.Kept(tokens.Length, 0, room, Truncation.OnlyFirst).First;
        return Pad(Combined(Template.Single, tokens[..kept], []), destination);
    }

    /// <summary>As <see cref="EncodePair(ReadOnlySpan{char}, ReadOnlySpan{char})"/>, cut or padded to the length of the destination.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="truncation">Which of them is cut, from its end, when both do not fit.</param>
    /// <param name="destination">Receives tokens and, where wanted, their types and the mask.</param>
    /// <returns>The number of tokens before the padding.</returns>
    /// <exception cref="ArgumentException">The texts do not fit, however much the one that may be cut loses.</exception>
    /// <exception cref="InvalidOperationException">Padding is needed, and the tokenizer has no token for it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The truncation is not one of <see cref="Truncation"/>.</exception>
    public int EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second, Truncation truncation, EncodingDestination destination)
    {
        Span<int> firstTokens = TokensOf(first);
        Span<int> secondTokens = TokensOf(second);
        int room = destination.Tokens.Length - Template.Pair.Overhead;
        (int keptFirst, int keptSecond) = Truncations.Kept(firstTokens.Length, secondTokens.Length, room, truncation);
        return Pad(Combined(Template.Pair, firstTokens[..keptFirst], secondTokens[..keptSecond]), destination);
    }

    /// <inheritdoc/>
    public abstract string Decode(ReadOnlySpan<int> tokens);

    /// <inheritdoc/>
    public abstract ReadOnlySpan<byte> BytesOf(int token);

    /// <summary>Appends the tokens of a text, without those around it.</summary>
    private protected abstract void Append(ReadOnlySpan<char> text, List<int> tokens);

    private Span<int> TokensOf(ReadOnlySpan<char> text)
    {
        var tokens = new List<int>();
        Append(text, tokens);
        return CollectionsMarshal.AsSpan(tokens);
    }

    private static TokenEncoding Combined(TokenArrangement arrangement, ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var tokens = new List<int>(arrangement.Overhead + first.Length + second.Length);
        var types = new List<int>(tokens.Capacity);
        foreach (TokenPart part in arrangement.Parts)
        {
            switch (part)
            {
                case TokenPart.First:
                    tokens.AddRange(first);
                    break;
                case TokenPart.Second:
                    tokens.AddRange(second);
                    break;
                case TokenPart.Special special:
                    tokens.Add(special.Token);
                    break;
            }

            while (types.Count < tokens.Count) types.Add(part.Type);
        }

        var mask = new int[tokens.Count];
        Array.Fill(mask, 1);
        return new TokenEncoding([.. tokens], [.. types], mask);
    }

    private int Pad(TokenEncoding encoding, EncodingDestination destination)
    {
        int count = encoding.Tokens.Length;
        encoding.Tokens.CopyTo(destination.Tokens);
        if (count < destination.Tokens.Length)
            destination.Tokens[count..].Fill(PaddingToken ?? throw new InvalidOperationException("The tokenizer has no token for padding."));
        PadWithZeros(encoding.TokenTypes, destination.TokenTypes);
        PadWithZeros(encoding.AttentionMask, destination.AttentionMask);
        return count;
    }

    private static void PadWithZeros(int[] values, Span<int> destination)
    {
        if (destination.IsEmpty) return;
        values.CopyTo(destination);
        destination[values.Length..].Clear();
    }
}

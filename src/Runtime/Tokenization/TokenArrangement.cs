namespace Transformer.Compiled.Tokenization;

/// <summary>One part of an arrangement, and the type of its tokens.</summary>
internal abstract record TokenPart(int Type)
{
    public sealed record First(int Type) : TokenPart(Type);

    public sealed record Second(int Type) : TokenPart(Type);

    public sealed record Special(int Token, int Type) : TokenPart(Type);
}

/// <summary>The order of texts and special tokens.</summary>
internal sealed record TokenArrangement(params TokenPart[] Parts)
{
    /// <summary>The number of special tokens.</summary>
    public int Overhead { get; } = Parts.Count(part => part is TokenPart.Special);
}

/// <summary>What stands around one text, and around and between two.</summary>
internal sealed record TokenTemplate(TokenArrangement Single, TokenArrangement Pair)
{
    /// <summary>Nothing around the texts.</summary>
    public static TokenTemplate Plain { get; } = new(
        new TokenArrangement(new TokenPart.First(0)),
        new TokenArrangement(new TokenPart.First(0), new TokenPart.Second(1)));

    /// <summary><c>[CLS] A [SEP]</c> and <c>[CLS] A [SEP] B [SEP]</c>, with types 0 and 1 (Devlin et al. 2019, figure 2).</summary>
    public static TokenTemplate Bert(int begin, int separator) => new(
        new TokenArrangement(new TokenPart.Special(begin, 0), new TokenPart.First(0), new TokenPart.Special(separator, 0)),
        new TokenArrangement(
            new TokenPart.Special(begin, 0), new TokenPart.First(0), new TokenPart.Special(separator, 0),
            new TokenPart.Second(1), new TokenPart.Special(separator, 1)));

    /// <summary><c>&lt;s&gt; A &lt;/s&gt;</c> and <c>&lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt;</c>, all of type 0 (Liu et al. 2019).</summary>
    public static TokenTemplate Roberta(int begin, int separator) => new(
        new TokenArrangement(new TokenPart.Special(begin, 0), new TokenPart.First(0), new TokenPart.Special(separator, 0)),
        new TokenArrangement(
            new TokenPart.Special(begin, 0), new TokenPart.First(0), new TokenPart.Special(separator, 0),
            new TokenPart.Special(separator, 0), new TokenPart.Second(0), new TokenPart.Special(separator, 0)));
}

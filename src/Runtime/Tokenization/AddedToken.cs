namespace Transformer.Compiled.Tokenization;

/// <summary>A token that is found in the text before anything else is done with it.</summary>
internal sealed record AddedToken(int Token, string Content)
{
    /// <summary>Left out when tokens are decoded.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>Found in the normalised text, not in the text as it is.</summary>
    public bool IsNormalized { get; init; }

    /// <summary>Found only where no letter, digit or underscore touches it.</summary>
    public bool IsSingleWord { get; init; }

    /// <summary>Takes the white space before it.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>Takes the white space after it.</summary>
    public bool StripsRight { get; init; }
}

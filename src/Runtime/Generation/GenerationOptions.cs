namespace Transformer.Compiled.Generation;

/// <summary>When generation ends. The session's context length is always a limit too.</summary>
public record GenerationOptions
{
    /// <summary>The most tokens to generate. Default: no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? NewTokens
    {
        get;
        init => field = value is null or >= 0 ? value : throw Negative(nameof(NewTokens), value.Value);
    }

    /// <summary>The most tokens of prompt and generated text together, with what the cache held before. Default: the context length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? MaximumLength
    {
        get;
        init => field = value is null or >= 0 ? value : throw Negative(nameof(MaximumLength), value.Value);
    }

    /// <summary>Tokens that end the text. They are not yielded. Default: none.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    private static ArgumentOutOfRangeException Negative(string property, int value) =>
        new(property, value, $"{property} is {value}; it has to be 0 or more.");
}

namespace Transformer.Compiled.Generation;

/// <summary>How a <see cref="BeamSearch"/> searches. <see cref="GenerationOptions.StopTokens"/> are its end tokens.</summary>
public sealed record BeamSearchOptions : GenerationOptions
{
    /// <summary>The number of beams, 1 to the rows of the session. Default: all rows. Fewer take as long for a step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? Beams
    {
        get;
        init => field = value is null or > 0 ? value : throw Invalid(nameof(Beams), value, "1 or more");
    }

    /// <summary>
    /// The exponent α of the length by which a log-probability is divided: 0 compares sums, 1 means; more favours long texts, less than 0
    /// short ones (length_penalty in Hugging Face's library). Default 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is infinite or NaN.</exception>
    public double LengthPenalty
    {
        get;
        init => field = double.IsFinite(value) ? value : throw Invalid(nameof(LengthPenalty), value, "finite");
    } = 1;

    /// <summary>What is raised to <see cref="LengthPenalty"/>. Default: the length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of <see cref="LengthNormalization"/>.</exception>
    public LengthNormalization Normalization
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw Invalid(nameof(Normalization), value, "a defined value");
    }

    /// <summary>When the search ends before the maximum length. Default: <see cref="BeamStopping.Heuristic"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of <see cref="BeamStopping"/>.</exception>
    public BeamStopping Stopping
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw Invalid(nameof(Stopping), value, "a defined value");
    }

    /// <summary>Put before the prompt when the cache is empty. Default: none.</summary>
    public int? StartToken { get; init; }

    /// <summary>
    /// The tokens that every text begins with, after the prompt, whatever else the options say; they count in its length and add nothing to its
    /// log-probability (forced_bos_token_id in Hugging Face's library). Default: none.
    /// </summary>
    public IReadOnlyList<int> ForcedTokens { get; init; } = [];

    /// <summary>
    /// The token that every beam which reaches the maximum length ends with, whatever else the options say, <see cref="ForcedTokens"/> too; it adds nothing to
    /// the log-probability (forced_eos_token_id in Hugging Face's library). Usually one of <see cref="GenerationOptions.StopTokens"/>. Default: none.
    /// </summary>
    public int? ForcedEndToken { get; init; }

    /// <summary>The fewest tokens of a text; an end token does not come before. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MinimumNewTokens
    {
        get;
        init => field = value >= 0 ? value : throw Invalid(nameof(MinimumNewTokens), value, "0 or more");
    }

    /// <summary>No n-gram of this size comes twice in prompt and text (Paulus et al. 2017). Default 0, which allows all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int NoRepeatNGram
    {
        get;
        init => field = value >= 0 ? value : throw Invalid(nameof(NoRepeatNGram), value, "0 (allowed) or more");
    }

    private static ArgumentOutOfRangeException Invalid(string property, object value, string allowed) =>
        new(property, value, $"{property} is {value}; it has to be {allowed}.");
}

/// <summary>By what a text's log-probability is divided; length counts the generated tokens with the end token.</summary>
public enum LengthNormalization
{
    /// <summary>length^α, as in Hugging Face's library.</summary>
    Power,

    /// <summary>((5 + length) / 6)^α (Wu et al. 2016, equation 14).</summary>
    Wu,
}

/// <summary>When a search that has found as many ended texts as it has beams stops: early_stopping in Hugging Face's library.</summary>
public enum BeamStopping
{
    /// <summary>When the best unfinished text, normalised by its present length, is not better than the worst one found (false).</summary>
    Heuristic,

    /// <summary>At once (true).</summary>
    Immediate,

    /// <summary>When no unfinished text can become better than the worst one found, whatever its length ("never").</summary>
    Exhaustive,
}

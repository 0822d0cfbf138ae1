namespace Transformer.Compiled.Tokenization;

/// <summary>Which of two texts loses tokens, always from its end, when both together are too long.</summary>
public enum Truncation
{
    /// <summary>The longer one down to the length of the other, then both alike.</summary>
    LongestFirst,

    /// <summary>The first one.</summary>
    OnlyFirst,

    /// <summary>The second one.</summary>
    OnlySecond,
}

/// <summary>How much of two texts is kept, as Hugging Face's library of tokenizers has it.</summary>
internal static class Truncations
{
    /// <param name="first">Tokens of the first text.</param>
    /// <param name="second">Tokens of the second text; 0 when there is one text.</param>
    /// <param name="room">Tokens that both may have together.</param>
    /// <param name="truncation">Which of the texts loses tokens.</param>
    /// <exception cref="ArgumentException">The text that may lose tokens has too few.</exception>
    public static (int First, int Second) Kept(int first, int second, int room, Truncation truncation)
    {
        if (room < 0) throw new ArgumentException($"The tokens around the texts alone need {-room} more than there is room for.", nameof(room));
        if (first + second <= room) return (first, second);
        (int First, int Second) kept = truncation switch
        {
            Truncation.LongestFirst when first <= second => Longest(first, room),
            Truncation.LongestFirst => Swapped(Longest(second, room)),
            Truncation.OnlyFirst => (room - second, second),
            Truncation.OnlySecond => (first, room - first),
            _ => throw new ArgumentOutOfRangeException(nameof(truncation), truncation, "There is no such truncation."),
        };
        return kept is { First: >= 0, Second: >= 0 } ? kept : throw new ArgumentException(
            $"Texts of {first} and {second} tokens do not fit into {room} with {truncation}.", nameof(truncation));
    }

    private static (int Shorter, int Longer) Longest(int shorter, int room) =>
        shorter <= room / 2 ? (shorter, room - shorter) : (room / 2, room - room / 2);

    private static (int First, int Second) Swapped((int Shorter, int Longer) kept) => (kept.Longer, kept.Shorter);
}

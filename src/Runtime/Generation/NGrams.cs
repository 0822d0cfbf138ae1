namespace Transformer.Compiled.Generation;

/// <summary>No-repeat n-grams (Paulus et al. 2017, §2.5, there for trigrams): a token that would complete an n-gram of the history a second time is excluded.</summary>
internal static class NGrams
{
    /// <summary>Sets the scores of the tokens that would repeat an n-gram to −∞.</summary>
    /// <param name="scores">[vocabulary].</param>
    /// <param name="history">The tokens so far, all within the vocabulary.</param>
    /// <param name="size">n, at least 1; with 1 no token comes twice.</param>
    public static void Exclude(Span<float> scores, ReadOnlySpan<int> history, int size)
    {
        if (history.Length < size) return;
        ReadOnlySpan<int> last = history[^(size - 1)..];
        for (int start = 0; start + size <= history.Length; start++)
        {
            if (history.Slice(start, size - 1).SequenceEqual(last)) scores[history[start + size - 1]] = float.NegativeInfinity;
        }
    }
}

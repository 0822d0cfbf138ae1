namespace Transformer.Compiled.Models.Answers;

/// <summary>An answer as the tokens from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
/// <param name="First">The token at which the answer begins.</param>
/// <param name="Last">The token with which it ends.</param>
/// <param name="Score">The sum of the two logits, by which answers from several parts of a text compare.</param>
internal readonly record struct AnswerSpan(int First, int Last, double Score)
{
    /// <summary>The span with the highest score, of those equal the first; null if the context is empty.</summary>
    /// <param name="startLogits">For every token, how well an answer begins there.</param>
    /// <param name="endLogits">For every token, how well an answer ends there; as many.</param>
    /// <param name="context">The tokens that may be in an answer.</param>
    /// <param name="longest">The most tokens of an answer, at least 1.</param>
    public static AnswerSpan? Best(ReadOnlySpan<float> startLogits, ReadOnlySpan<float> endLogits, Range context, int longest)
    {
        (int offset, int length) = context.GetOffsetAndLength(startLogits.Length);
        AnswerSpan? best = null;
        for (int first = offset; first < offset + length; first++)
        {
            int end = Math.Min(first + longest, offset + length);
            for (int last = first; last < end; last++)
            {
                double score = (double)startLogits[first] + endLogits[last];
                if (best is null || score > best.Value.Score) best = new AnswerSpan(first, last, score);
            }
        }

        return best;
    }
}

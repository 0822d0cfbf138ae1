namespace Transformer.Compiled.Generation;

/// <summary>The positions of tokens in their sequences.</summary>
internal static class TokenPositions
{
    /// <summary>Numbers the tokens of each sequence: 0, 1, 2, …</summary>
    /// <param name="positions">[sequences, length].</param>
    /// <param name="length">Tokens of a sequence.</param>
    public static void Number(Span<int> positions, int length)
    {
        for (int row = 0; row < positions.Length; row++) positions[row] = row % length;
    }

    /// <summary>
    /// Numbers the tokens of each sequence that are no padding: padding + 1, 2, 3, …; paddings stand at the position of their own id, as in
    /// RoBERTa.
    /// </summary>
    /// <param name="tokens">[sequences, length].</param>
    /// <param name="length">Tokens of a sequence.</param>
    /// <param name="padding">The padding token.</param>
    /// <param name="positions">As many as tokens.</param>
    public static void NumberUnpadded(ReadOnlySpan<int> tokens, int length, int padding, Span<int> positions)
    {
        int count = 0;
        for (int row = 0; row < tokens.Length; row++)
        {
            if (row % length == 0) count = 0;
            positions[row] = tokens[row] == padding ? padding : padding + ++count;
        }
    }
}

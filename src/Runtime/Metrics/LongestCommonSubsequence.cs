using System.Buffers;

namespace Transformer.Compiled.Metrics;

/// <summary>Longest common subsequences by dynamic programming: t(i, j) is the length for the first i and the first j words.</summary>
internal static class LongestCommonSubsequence
{
    /// <summary>The length, in O(reference · candidate) time and O(candidate) memory.</summary>
    public static int Length(ReadOnlySpan<int> reference, ReadOnlySpan<int> candidate)
    {
        int[] row = ArrayPool<int>.Shared.Rent(candidate.Length + 1);
        Array.Clear(row, 0, candidate.Length + 1);
        foreach (int word in reference)
        {
            int diagonal = 0;
            for (int j = 1; j <= candidate.Length; j++)
            {
                int above = row[j];
                row[j] = candidate[j - 1] == word ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }
        int length = row[candidate.Length];
        ArrayPool<int>.Shared.Return(row);
        return length;
    }

    /// <summary>
    /// Marks the words of the reference that are in one longest common subsequence: going back from the ends, a common word is taken; otherwise
    /// the candidate's word is dropped if only that keeps the length, and else the reference's.
    /// </summary>
    public static void Mark(ReadOnlySpan<int> reference, ReadOnlySpan<int> candidate, Span<bool> marks)
    {
        int columns = candidate.Length + 1;
        int cells = checked((reference.Length + 1) * columns);
        int[] table = ArrayPool<int>.Shared.Rent(cells);
        Array.Clear(table, 0, columns);
        for (int i = 1; i <= reference.Length; i++)
        {
            table[i * columns] = 0;
            for (int j = 1; j <= candidate.Length; j++)
            {
                table[i * columns + j] = reference[i - 1] == candidate[j - 1]
                    ? table[(i - 1) * columns + j - 1] + 1
                    : Math.Max(table[(i - 1) * columns + j], table[i * columns + j - 1]);
            }
        }

        int row = reference.Length;
        int column = candidate.Length;
        while (row > 0 && column > 0)
        {
            if (reference[row - 1] == candidate[column - 1])
            {
                row--;
                column--;
                marks[row] = true;
            }
            else if (table[row * columns + column - 1] > table[(row - 1) * columns + column])
            {
                column--;
            }
            else
            {
                row--;
            }
        }
        ArrayPool<int>.Shared.Return(table);
    }
}

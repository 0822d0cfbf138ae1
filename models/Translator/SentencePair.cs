using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Translation;

/// <summary>A sentence and its translation.</summary>
internal sealed record SentencePair(string Source, string Target)
{
    private const int ValidationInterval = 20;

    /// <summary>Reads a line for each pair, its sides separated by a tab; what follows a second tab is not read.</summary>
    /// <exception cref="InvalidDataException">A line is no such pair, or there are too few.</exception>
    public static IReadOnlyList<SentencePair> ReadAll(string path)
    {
        List<SentencePair> pairs = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string[] parts = line.Split('\t');
            if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw new InvalidDataException($"{path}, line {number}: a sentence, a tab and its translation are expected, not '{line}'.");
            pairs.Add(new SentencePair(parts[0], parts[1]));
        }

        return pairs.Count >= 2
            ? pairs
            : throw new InvalidDataException($"{path} has too few lines, {pairs.Count}: one for validation and one to train on are needed.");
    }

    /// <summary>Every 20th pair, from the first on, is for validation; all others are for training.</summary>
    public static (SentencePair[] Training, SentencePair[] Validation) Split(IReadOnlyList<SentencePair> pairs) =>
        DataSplit.EveryKth(pairs, ValidationInterval);
}

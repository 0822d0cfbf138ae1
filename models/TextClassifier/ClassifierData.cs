using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Classification;

/// <summary>Texts with their labels.</summary>
/// <param name="Labels">All labels that there are.</param>
/// <param name="Training">What is trained on.</param>
/// <param name="Validation">A tenth of the texts of each label, but at least one text.</param>
internal sealed record ClassifierData(LabelSet Labels, IReadOnlyList<LabelledText> Training, IReadOnlyList<LabelledText> Validation)
{
    private const double ValidationFraction = 0.1;

    /// <summary>Reads the columns <c>text</c> and <c>label</c> of a table.</summary>
    /// <param name="path">The table.</param>
    /// <param name="labels">The most labels that the model tells apart.</param>
    /// <param name="seed">Of which texts are for validation.</param>
    /// <exception cref="InvalidDataException">The file is no such table, has too few rows or too many labels.</exception>
    public static ClassifierData Read(string path, int labels, ulong seed)
    {
        IReadOnlyList<string[]> rows = Csv.Read(path, "text", "label");
        LabelSet set = LabelSet.Of(rows.Select(row => row[1]));
        if (set.Count > labels)
            throw new InvalidDataException($"{path} has {set.Count} different labels; the program was built for {labels}: build it with -p:Labels={set.Count}.");
        if (rows.Count < 2) throw new InvalidDataException($"{path} has too few rows, {rows.Count}: one for validation and one to train on are needed.");
        LabelledText[] texts = [.. rows.Select(row => new LabelledText(row[0], set.Find(row[1])!.Value))];
        (LabelledText[] training, LabelledText[] validation) = DataSplit.Stratified(
            texts, text => text.Label, Math.Max(ValidationFraction, 1.0 / texts.Length), seed);
        return new ClassifierData(set, training, validation);
    }
}

/// <summary>A text and the number of its label.</summary>
internal readonly record struct LabelledText(string Text, int Label);

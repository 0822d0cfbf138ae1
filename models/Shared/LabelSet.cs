namespace Transformer.Compiled.Models;

/// <summary>The labels that a classifier tells apart, by number.</summary>
internal sealed class LabelSet
{
    private readonly string[] _names;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <param name="names">Each once, in the order of their numbers.</param>
    public LabelSet(IEnumerable<string> names)
    {
        _names = [.. names];
        foreach (string name in _names) _numbers.Add(name, _numbers.Count);
    }

    /// <summary>The labels that occur in data, in alphabetical (ordinal) order.</summary>
    public static LabelSet Of(IEnumerable<string> labels) => new(labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>Reads a label from each line.</summary>
    public static LabelSet Load(string path) => new(File.ReadAllLines(path));

    public int Count => _names.Length;

    public string this[int number] => _names[number];

    /// <summary>The number of a label; null if there is no such label.</summary>
    public int? Find(string name) => _numbers.TryGetValue(name, out int number) ? number : null;

    /// <summary>Writes a label in each line.</summary>
    public void Save(string path) => File.WriteAllLines(path, _names);
}

using System.Globalization;

namespace Transformer.Compiled.Benchmarks;

/// <summary>The command line after the report's name: `--name value` pairs and `--flags`.</summary>
internal sealed class Options(string[] arguments)
{
    /// <summary>Refuses options of other names, which a report would not look at.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    public void Expect(params string[] names)
    {
        if (Array.Find(arguments, argument => argument.StartsWith("--", StringComparison.Ordinal) && !names.Contains(argument)) is { } unknown)
            throw new ArgumentException($"{unknown}: the options are {string.Join(", ", names)}.");
    }

    public bool Has(string name) => arguments.Contains(name);

    public string Text(string name, string otherwise) => Text(name) ?? otherwise;

    /// <summary>The value after a name; null where the name is absent.</summary>
    public string? Text(string name)
    {
        int index = Array.IndexOf(arguments, name);
        if (index < 0) return null;
        return index + 1 < arguments.Length ? arguments[index + 1] : throw new ArgumentException($"{name} has no value.");
    }

    public int Number(string name, int otherwise) => Text(name) is { } text ? Parse(name, text) : otherwise;

    /// <summary>Numbers with commas between them.</summary>
    public int[] Numbers(string name, params int[] otherwise) => Text(name) is { } text ? [.. text.Split(',').Select(part => Parse(name, part))] : otherwise;

    private static int Parse(string name, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        ? value
        : throw new ArgumentException($"{name} {text}: expected a whole number.");
}

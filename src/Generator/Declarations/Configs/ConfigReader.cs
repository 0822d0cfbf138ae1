using System.Globalization;
using Transformer.Compiled.Generator.Declarations.Json;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>
/// Reads one JSON object by its table. A missing key has the table's default; a value of the wrong type is reported, and something harmless
/// returned in its place.
/// </summary>
internal sealed class ConfigReader(JsonObject root, string prefix, ConfigTable table, ConfigSource source, DiagnosticSink diagnostics)
{
    private readonly LocationInfo _start = source.Locate(root.Start, root.Start + 1);

    /// <summary>Where the object begins: the place of what is not written.</summary>
    public LocationInfo Start => _start;

    public Setting<int> Integer(string key) => OptionalInteger(key) ?? Wrong(key, 0, "an integer");

    /// <summary>Null where the value is <c>null</c>.</summary>
    public Setting<int>? OptionalInteger(string key)
    {
        JsonValue value = Value(key);
        if (value is JsonNull) return null;
        return value is JsonNumber number && int.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int integer)
            ? Setting(key, integer)
            : Wrong(key, 0, "a 32-bit integer");
    }

    /// <summary>The value of the first key that is written; of the last one where none is.</summary>
    public Setting<int> AnyInteger(params string[] keys) => Integer(keys.FirstOrDefault(Has) ?? keys[keys.Length - 1]);

    public Setting<double> Number(string key) => OptionalNumber(key) ?? Wrong(key, 0.0, "a number");

    /// <summary>Null where the value is <c>null</c>.</summary>
    public Setting<double>? OptionalNumber(string key)
    {
        JsonValue value = Value(key);
        if (value is JsonNull) return null;
        return value is JsonNumber number && double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double result)
            ? Setting(key, result)
            : Wrong(key, 0.0, "a number");
    }

    /// <summary>The value of the first key that is written; of the last one where none is.</summary>
    public Setting<double> AnyNumber(params string[] keys) => Number(keys.FirstOrDefault(Has) ?? keys[keys.Length - 1]);

    public bool Flag(string key) => Value(key) is JsonBoolean flag ? flag.Value : Wrong(key, false, "true or false").Value;

    /// <summary>What a string stands for; one that is none of the choices is reported.</summary>
    public T Choice<T>(string key, params (string Name, T Value)[] choices)
    {
        if (Value(key) is not JsonString text) return Wrong(key, choices[0].Value, "a string").Value;
        foreach ((string name, T value) in choices)
        {
            if (name == text.Text) return value;
        }

        Unsupported(key, string.Join(", ", choices.Select(choice => choice.Name)));
        return choices[0].Value;
    }

    /// <summary>A reader of a nested object; null where the value is <c>null</c>.</summary>
    public ConfigReader? OptionalObject(string key, ConfigTable nestedTable)
    {
        JsonValue value = Value(key);
        if (value is JsonObject nested) return new ConfigReader(nested, prefix + key + ".", nestedTable, source, diagnostics);
        if (value is not JsonNull) Wrong(key, 0, "an object");
        return null;
    }

    /// <summary>How many members an object has; null where the value is <c>null</c>.</summary>
    public Setting<int>? OptionalCount(string key)
    {
        JsonValue value = Value(key);
        if (value is JsonNull) return null;
        return value is JsonObject counted ? Setting(key, counted.Members.Count) : Wrong(key, 0, "an object");
    }

    /// <summary>The strings of an array; null where the value is <c>null</c>.</summary>
    public IReadOnlyList<string>? OptionalTexts(string key)
    {
        JsonValue value = Value(key);
        if (value is JsonNull) return null;
        if (value is JsonArray array && array.Items.All(item => item is JsonString)) return [.. array.Items.Cast<JsonString>().Select(item => item.Text)];
        Wrong(key, 0, "an array of strings");
        return null;
    }

    /// <summary>Reports a mapped key whose value is anything but those (as JSON text) that mean what is implemented.</summary>
    public void Require(string key, params string[] jsonTexts)
    {
        if (Has(key) && Array.IndexOf(jsonTexts, source.TextOf(Value(key))) < 0) Unsupported(key, string.Join(", ", jsonTexts));
    }

    /// <summary>Reports a well-formed value that the project does not implement.</summary>
    public void Unsupported(string key, string supported)
        => diagnostics.Add(DiagnosticDescriptors.ConfigValueUnsupported, LocationOf(key), prefix + key, TextOf(key), supported);

    public bool Has(string key) => root.Find(key) is not null;

    public bool IsNull(string key) => Value(key) is JsonNull;

    /// <summary>Warns of each key that the table does not know.</summary>
    public void ReportUnknownKeys(string family)
    {
        foreach (JsonMember member in root.Members)
        {
            if (!table.Knows(member.Name.Text))
                diagnostics.Add(DiagnosticDescriptors.ConfigKeyUnknown, source.Locate(member.Name), prefix + member.Name.Text, family);
        }
    }

    private JsonValue Value(string key) => root.Find(key)?.Value ?? JsonReader.Read(table.DefaultOf(key));

    private string TextOf(string key) => root.Find(key) is { } member ? source.TextOf(member.Value) : table.DefaultOf(key);

    private LocationInfo LocationOf(string key) => root.Find(key) is { } member ? source.Locate(member.Value) : _start;

    private Setting<T> Setting<T>(string key, T value) => new(value, prefix + key, LocationOf(key));

    private Setting<T> Wrong<T>(string key, T substitute, string expectation)
    {
        diagnostics.Add(DiagnosticDescriptors.ConfigValueOfWrongType, LocationOf(key), prefix + key, Has(key) ? TextOf(key) : "missing", expectation);
        return Setting(key, substitute);
    }
}

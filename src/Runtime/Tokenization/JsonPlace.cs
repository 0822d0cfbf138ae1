using System.Text.Json;

namespace Transformer.Compiled.Tokenization;

/// <summary>A value in a JSON file, and where it stands.</summary>
internal readonly record struct JsonPlace(string File, string Path, JsonElement Element)
{
    /// <summary>True for null as well as for what is absent.</summary>
    public bool IsNull => Element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    public bool IsString => Element.ValueKind == JsonValueKind.String;

    /// <summary>A property that may be absent.</summary>
    public JsonPlace this[string name]
    {
        get
        {
            Require(JsonValueKind.Object, "an object");
            JsonElement value = Unescaped((Element, name), static source => source.Element.TryGetProperty(source.name, out JsonElement found) ? found : default);
            return new JsonPlace(File, $"{Path}.{name}", value);
        }
    }

    public JsonPlace Required(string name)
    {
        JsonPlace place = this[name];
        return place.IsNull ? throw place.Unsupported(place.Found(), "a value") : place;
    }

    public string String()
    {
        Require(JsonValueKind.String, "a string");
        return Unescaped(Element, static element => element.GetString()!);
    }

    public int Integer() =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out int value) && value >= 0
            ? value
            : throw Unsupported(Found(), "an integer of 0 or more");

    public float Single() =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetSingle(out float value) && float.IsFinite(value)
            ? value
            : throw Unsupported(Found(), "a number");

    /// <summary>A truth value; false when it is absent.</summary>
    public bool Flag() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined => false,
        _ => throw Unsupported(Found(), "true or false"),
    };

    public IEnumerable<JsonPlace> Items()
    {
        Require(JsonValueKind.Array, "an array");
        int index = 0;
        foreach (JsonElement item in Element.EnumerateArray()) yield return new JsonPlace(File, $"{Path}[{index++}]", item);
    }

    public IEnumerable<(string Name, JsonPlace Value)> Properties()
    {
        Require(JsonValueKind.Object, "an object");
        foreach (JsonProperty property in Element.EnumerateObject())
        {
            string name = Unescaped(property, static property => property.Name);
            yield return (name, new JsonPlace(File, $"{Path}.{name}", property.Value));
        }
    }

    /// <summary>Insists that a setting has its usual value, or none.</summary>
    public void RequireAbsent()
    {
        if (!IsNull && !(IsString && Element.ValueEquals(""))) throw Unsupported(Found(), "null");
    }

    public TokenizerFormatException Unsupported(string found, string supported) =>
        new($"{File}: {Path} is {found}; supported is {supported}.");

    /// <summary>The value as messages show it.</summary>
    public string Found()
    {
        const int Shown = 80;
        if (Element.ValueKind == JsonValueKind.Undefined) return "absent";
        string text = Element.GetRawText();
        return text.Length <= Shown ? text : string.Concat(text.AsSpan(0, Shown), "…");
    }

    /// <summary>A text of the file. Half a surrogate pair cannot be made one.</summary>
    private TResult Unescaped<T, TResult>(T source, Func<T, TResult> read)
    {
        try
        {
            return read(source);
        }
        catch (InvalidOperationException exception)
        {
            throw new TokenizerFormatException($"{File}: {Path} is, or has, a text that is not valid Unicode.", exception);
        }
    }

    private void Require(JsonValueKind kind, string description)
    {
        if (Element.ValueKind != kind) throw Unsupported(Found(), description);
    }
}

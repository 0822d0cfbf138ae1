namespace Transformer.Compiled.Generator.Declarations.Json;

/// <summary>A JSON value and where its text stands: [Start, End) in UTF-16 units from the beginning of the file.</summary>
internal abstract class JsonValue(int start, int end)
{
    public int Start { get; } = start;
    public int End { get; } = end;
}

internal sealed class JsonObject(int start, int end, IReadOnlyList<JsonMember> members) : JsonValue(start, end)
{
    /// <summary>In the file's order; names are unique.</summary>
    public IReadOnlyList<JsonMember> Members { get; } = members;

    public JsonMember? Find(string name)
    {
        foreach (JsonMember member in Members)
        {
            if (member.Name.Text == name) return member;
        }

        return null;
    }
}

internal sealed class JsonMember(JsonString name, JsonValue value)
{
    public JsonString Name { get; } = name;
    public JsonValue Value { get; } = value;
}

internal sealed class JsonArray(int start, int end, IReadOnlyList<JsonValue> items) : JsonValue(start, end)
{
    public IReadOnlyList<JsonValue> Items { get; } = items;
}

internal sealed class JsonString(int start, int end, string text) : JsonValue(start, end)
{
    /// <summary>The string's content, escapes resolved.</summary>
    public string Text { get; } = text;
}

/// <summary>A number as written; the one who asks for it decides how to read it.</summary>
internal sealed class JsonNumber(int start, int end, string text) : JsonValue(start, end)
{
    public string Text { get; } = text;
}

internal sealed class JsonBoolean(int start, int end, bool value) : JsonValue(start, end)
{
    public bool Value { get; } = value;
}

internal sealed class JsonNull(int start, int end) : JsonValue(start, end);

/// <summary>Why a text is not JSON, and at which offset.</summary>
internal sealed class JsonException(int offset, string message) : Exception(message)
{
    public int Offset { get; } = offset;
}

using System.Text;

namespace Transformer.Compiled.Generator.Declarations.Json;

/// <summary>
/// Reads one JSON document as RFC 8259 defines it: no comments, no trailing commas, no leading zeros. Beyond the RFC it refuses duplicate
/// names, unpaired surrogates and more than 64 levels.
/// </summary>
internal sealed class JsonReader
{
    private const int MaximumDepth = 64;

    private readonly string _text;
    private int _position;
    private int _depth;

    private JsonReader(string text) => _text = text;

    /// <exception cref="JsonException">The text is not valid JSON.</exception>
    public static JsonValue Read(string text)
    {
        var reader = new JsonReader(text);
        reader.SkipWhitespace();
        JsonValue value = reader.ReadValue();
        reader.SkipWhitespace();
        return reader._position == text.Length ? value : throw reader.Fail("the document ends before this text");
    }

    private char Current => _position < _text.Length ? _text[_position] : '\0';

    private bool AtEnd => _position >= _text.Length;

    private JsonValue ReadValue() => Current switch
    {
        '{' => ReadObject(),
        '[' => ReadArray(),
        '"' => ReadString(),
        '-' or (>= '0' and <= '9') => ReadNumber(),
        't' => ReadLiteral("true", (start, end) => new JsonBoolean(start, end, true)),
        'f' => ReadLiteral("false", (start, end) => new JsonBoolean(start, end, false)),
        'n' => ReadLiteral("null", (start, end) => new JsonNull(start, end)),
        _ => throw Fail("a value is expected here"),
    };

    private JsonObject ReadObject()
    {
        int start = Enter();
        List<JsonMember> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        if (!TryLeave('}'))
        {
            do
            {
                SkipWhitespace();
                if (Current != '"') throw Fail("a name in double quotes is expected here");
                JsonString name = ReadString();
                if (!names.Add(name.Text)) throw new JsonException(name.Start, $"the name \"{name.Text}\" appears twice");
                SkipWhitespace();
                Expect(':');
                SkipWhitespace();
                members.Add(new JsonMember(name, ReadValue()));
            }
            while (ContinuesAfterComma('}'));
        }

        return new JsonObject(start, _position, members);
    }

    private JsonArray ReadArray()
    {
        int start = Enter();
        List<JsonValue> items = [];
        if (!TryLeave(']'))
        {
            do
            {
                SkipWhitespace();
                items.Add(ReadValue());
            }
            while (ContinuesAfterComma(']'));
        }

        return new JsonArray(start, _position, items);
    }

    private int Enter()
    {
        if (++_depth > MaximumDepth) throw Fail("it nests deeper than 64 levels");
        return _position++;
    }

    private bool TryLeave(char close)
    {
        SkipWhitespace();
        if (Current != close) return false;
        _position++;
        _depth--;
        return true;
    }

    private bool ContinuesAfterComma(char close)
    {
        if (TryLeave(close)) return false;
        if (Current != ',') throw Fail($"',' or '{close}' is expected here");
        _position++;
        return true;
    }

    private JsonString ReadString()
    {
        int start = _position++;
        var content = new StringBuilder();
        while (Current != '"')
        {
            if (AtEnd) throw Fail("the string is not closed");
            if (Current < ' ') throw Fail("a control character must be escaped");
            content.Append(Current == '\\' ? ReadEscape() : _text[_position++]);
        }

        _position++;
        string text = content.ToString();
        if (HasUnpairedSurrogate(text)) throw new JsonException(start, "the string has half of a surrogate pair");
        return new JsonString(start, _position, text);
    }

    private char ReadEscape()
    {
        _position++;
        char escaped = Current switch
        {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => ReadCodeUnit(),
            _ => throw Fail("this escape is unknown"),
        };
        _position++;
        return escaped;
    }

    /// <summary>Reads the four digits after <c>\u</c> and stops on the last.</summary>
    private char ReadCodeUnit()
    {
        int unit = 0;
        for (int digit = 0; digit < 4; digit++)
        {
            _position++;
            unit = unit * 16 + Current switch
            {
                >= '0' and <= '9' => Current - '0',
                >= 'a' and <= 'f' => Current - 'a' + 10,
                >= 'A' and <= 'F' => Current - 'A' + 10,
                _ => throw Fail("four hexadecimal digits are expected after \\u"),
            };
        }

        return (char)unit;
    }

    private static bool HasUnpairedSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }

        return false;
    }

    private JsonNumber ReadNumber()
    {
        int start = _position;
        if (Current == '-') _position++;
        if (Current == '0')
        {
            _position++;
            if (IsDigit(Current)) throw Fail("a number has no leading zeros");
        }
        else
        {
            SkipDigits();
        }

        if (Current == '.')
        {
            _position++;
            SkipDigits();
        }

        if (Current is 'e' or 'E')
        {
            _position++;
            if (Current is '+' or '-') _position++;
            SkipDigits();
        }

        return new JsonNumber(start, _position, _text.Substring(start, _position - start));
    }

    private void SkipDigits()
    {
        if (!IsDigit(Current)) throw Fail("a digit is expected here");
        while (IsDigit(Current)) _position++;
    }

    private static bool IsDigit(char character) => character is >= '0' and <= '9';

    private JsonValue ReadLiteral(string literal, Func<int, int, JsonValue> create)
    {
        int start = _position;
        if (string.CompareOrdinal(_text, start, literal, 0, literal.Length) != 0) throw Fail("a value is expected here");
        _position += literal.Length;
        return create(start, _position);
    }

    private void Expect(char character)
    {
        if (Current != character) throw Fail($"'{character}' is expected here");
        _position++;
    }

    private void SkipWhitespace()
    {
        while (Current is ' ' or '\t' or '\n' or '\r') _position++;
    }

    private JsonException Fail(string message) => new(_position, AtEnd ? "it ends too early; " + message : message);
}

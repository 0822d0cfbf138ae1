using System.Text;

namespace Transformer.Compiled.Models;

/// <summary>
/// A table of comma-separated values with a header (RFC 4180): a field in quotes may hold commas, line ends, and quotes written twice. Empty
/// lines are passed over.
/// </summary>
internal sealed class Csv
{
    private readonly string _name;
    private readonly string _text;
    private int _at;
    private int _line = 1;

    private Csv(string name, string text) => (_name, _text) = (name, text);

    /// <summary>The fields of the columns that are asked for, row by row.</summary>
    /// <exception cref="InvalidDataException">The file is no such table, or lacks a column; the message says in which line.</exception>
    public static IReadOnlyList<string[]> Read(string path, params ReadOnlySpan<string> columns) => Parse(path, File.ReadAllText(path), columns);

    /// <inheritdoc cref="Read"/>
    /// <param name="name">What messages call the text.</param>
    /// <param name="text">The table.</param>
    /// <param name="columns">Names of the header.</param>
    public static IReadOnlyList<string[]> Parse(string name, string text, params ReadOnlySpan<string> columns)
    {
        var csv = new Csv(name, text);
        List<string> header = csv.NextRow() ?? throw csv.Problem(1, "a header is expected; the file is empty.");
        var places = new int[columns.Length];
        for (int index = 0; index < places.Length; index++)
        {
            places[index] = header.IndexOf(columns[index]);
            if (places[index] < 0) throw csv.Problem(1, $"there is no column '{columns[index]}'; the header is '{string.Join(',', header)}'.");
        }

        List<string[]> rows = [];
        while (true)
        {
            int line = csv.SkipEmptyLines();
            if (csv.NextRow() is not { } fields) return rows;
            if (fields.Count != header.Count) throw csv.Problem(line, $"there are {fields.Count} fields; the header has {header.Count}.");
            rows.Add(Array.ConvertAll(places, place => fields[place]));
        }
    }

    private bool IsAtEnd => _at == _text.Length;

    /// <summary>The line at which the next row begins.</summary>
    private int SkipEmptyLines()
    {
        while (!IsAtEnd && _text[_at] is '\r' or '\n') SkipLineEnd();
        return _line;
    }

    private List<string>? NextRow()
    {
        if (IsAtEnd) return null;
        List<string> fields = [];
        while (true)
        {
            fields.Add(NextField());
            if (IsAtEnd) return fields;
            if (_text[_at] != ',')
            {
                SkipLineEnd();
                return fields;
            }

            _at++;
        }
    }

    private string NextField()
    {
        if (IsAtEnd || _text[_at] != '"')
        {
            int length = _text.AsSpan(_at).IndexOfAny(',', '\r', '\n');
            int start = _at;
            _at = length < 0 ? _text.Length : start + length;
            return _text[start.._at];
        }

        int line = _line;
        var field = new StringBuilder();
        while (true)
        {
            int length = _text.AsSpan(_at + 1).IndexOf('"');
            if (length < 0) throw Problem(line, "the quote that begins here has no end.");
            ReadOnlySpan<char> part = _text.AsSpan(_at + 1, length);
            _line += part.Count('\n');
            field.Append(part);
            _at += length + 2;
            if (IsAtEnd || _text[_at] != '"') break;
            field.Append('"');
        }

        if (!IsAtEnd && _text[_at] is not (',' or '\r' or '\n')) throw Problem(_line, $"after a closing quote a comma is expected, not '{_text[_at]}'.");
        return field.ToString();
    }

    private void SkipLineEnd()
    {
        if (_text[_at] == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n') _at++;
        _at++;
        _line++;
    }

    private InvalidDataException Problem(int line, string what) => new($"{_name}, line {line}: {what}");
}

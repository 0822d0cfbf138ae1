using Microsoft.CodeAnalysis.Text;
using Transformer.Compiled.Generator.Declarations.Json;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations.Configs;

/// <summary>Turns offsets in a config file into locations with line and column.</summary>
internal sealed class ConfigSource(ConfigFile file)
{
    private readonly List<int> _lineStarts = FindLineStarts(file.Text);

    public LocationInfo Locate(JsonValue value) => Locate(value.Start, value.End);

    public LocationInfo Locate(int start, int end)
        => new(file.Path, TextSpan.FromBounds(start, end), new LinePositionSpan(Position(start), Position(end)));

    public string TextOf(JsonValue value) => file.Text.Substring(value.Start, value.End - value.Start);

    private LinePosition Position(int offset)
    {
        int line = _lineStarts.BinarySearch(offset);
        if (line < 0) line = ~line - 1;
        return new LinePosition(line, offset - _lineStarts[line]);
    }

    private static List<int> FindLineStarts(string text)
    {
        List<int> starts = [0];
        for (int i = 0; i < text.Length; i++)
        {
            bool isLineEnd = text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'));
            if (isLineEnd) starts.Add(i + 1);
        }

        return starts;
    }
}

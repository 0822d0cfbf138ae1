using System.Text;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Indented text with '\n' line ends on every machine.</summary>
internal sealed class CodeWriter
{
    private const string Indentation = "    ";
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes a line, or several, each at the current depth; an empty one has no blanks.</summary>
    public void Line(string text = "")
    {
        int start = 0;
        for (int end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n', start))
        {
            Append(text, start, end);
            start = end + 1;
        }
        Append(text, start, text.Length);
    }

    /// <summary>Writes the header and an opening brace; disposing the result closes it.</summary>
    public Block Open(string header)
    {
        Line(header);
        Line("{");
        _depth++;
        return new Block(this, "}");
    }

    /// <summary>As <see cref="Open"/>, with square brackets and a semicolon: a collection expression.</summary>
    public Block OpenList(string header)
    {
        Line(header);
        Line("[");
        _depth++;
        return new Block(this, "];");
    }

    /// <summary>Lines that continue the one before them.</summary>
    public void Continue(string text)
    {
        _depth++;
        Line(text);
        _depth--;
    }

    public override string ToString() =>
        _depth == 0 ? _text.ToString() : throw new InvalidOperationException($"{_depth} blocks are open at the end of the file.");

    private void Append(string text, int start, int end)
    {
        if (end > start)
        {
            for (int i = 0; i < _depth; i++) _text.Append(Indentation);
            _text.Append(text, start, end - start);
        }
        _text.Append('\n');
    }

    internal readonly struct Block(CodeWriter writer, string close) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line(close);
        }
    }
}

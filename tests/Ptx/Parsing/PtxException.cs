namespace Transformer.Compiled.Ptx;

/// <summary>A text that is not valid PTX, or a launch that does what PTX leaves undefined. The message says where, what was found and what was expected.</summary>
public sealed class PtxException : Exception
{
    /// <summary>A fault of the text or of a launch.</summary>
    /// <param name="line">The line of the text, from 1; 0 where there is none.</param>
    /// <param name="message">What was found and what was expected.</param>
    public PtxException(int line, string message)
        : base(line > 0 ? $"line {line}: {message}" : message) => Line = line;

    /// <summary>The line of the text, from 1; 0 where there is none.</summary>
    public int Line { get; }
}

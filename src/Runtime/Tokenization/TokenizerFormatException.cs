namespace Transformer.Compiled.Tokenization;

/// <summary>A tokenizer's file is damaged, or asks for something that is not supported. The message names the file, the place in it, what was found and what is supported.</summary>
public sealed class TokenizerFormatException : FormatException
{
    /// <param name="message">File, place, what was found and what is supported.</param>
    /// <param name="innerException">What the reader of the file said, if it was that.</param>
    public TokenizerFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

namespace Transformer.Compiled.Tokenization;

/// <summary>Turns one word into tokens.</summary>
internal abstract class TokenModel
{
    public abstract void Append(ReadOnlySpan<char> word, List<int> tokens);
}

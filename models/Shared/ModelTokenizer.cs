using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models;

/// <summary>A model folder's tokenizer, and what a model can read of a text.</summary>
internal static class ModelTokenizer
{
    /// <exception cref="TokenizerFormatException">The folder's tokenizer puts nothing around texts, as models that read whole texts need it.</exception>
    public static TemplateTokenizer Load(string folder) => Tokenizer.Load(folder) as TemplateTokenizer
        ?? throw new TokenizerFormatException($"{folder} has a tokenizer of single characters; supported is one of words or pieces.");

    /// <summary>The tokens of a text with those around it, at most as many as there is room for.</summary>
    public static int[] EncodeWithin(this TemplateTokenizer tokenizer, string text, int most)
    {
        int[] tokens = tokenizer.Encode(text);
        if (tokens.Length <= most) return tokens;
        tokens = new int[most];
        tokenizer.Encode(text, new EncodingDestination(tokens));
        return tokens;
    }
}

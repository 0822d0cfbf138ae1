namespace Transformer.Compiled.Models.Numbers;

/// <summary>What <c>--translate</c> does.</summary>
internal static class TranslateCommand
{
    /// <summary>Writes the translation of the words in a line, and the page of attention if one is asked for.</summary>
    /// <exception cref="InvalidDataException">The words are not a number's.</exception>
    public static void Run(NumberOptions options, TextWriter output)
    {
        using var weights = NumberTranslator.Weights.Load(options.Weights);
        using var search = new NumberSearch(weights, options.Beams);
        string translation = search.Translate(options.Translate!);
        output.WriteLine(translation);
        if (options.Attention is { } page) NumberAttention.Write(page, weights, options.Translate!, translation);
    }
}

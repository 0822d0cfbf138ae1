using System.Text;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models;

/// <summary>
/// The characters that the model knows. The vocabulary is a compile-time constant: a text's most frequent characters get a token each,
/// and all others are read as U+FFFD.
/// </summary>
internal static class Alphabet
{
    private static readonly Rune s_unknown = Rune.ReplacementChar;

    /// <summary>The tokenizer of a text's most frequent characters (of equally frequent ones, those first in Unicode) and U+FFFD.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The most tokens there may be.</param>
    public static CharacterTokenizer Of(string text, int size)
    {
        string known = text.Replace(s_unknown.ToString(), "", StringComparison.Ordinal);
        return CharacterTokenizer.FromText(string.Concat(Characters.MostFrequent([known], size - 1)) + s_unknown);
    }

    /// <summary>The text with U+FFFD for each character that has no token, and how many these are.</summary>
    public static (string Text, int Replaced) Restrict(string text, CharacterTokenizer tokenizer)
    {
        var known = tokenizer.Alphabet.EnumerateRunes().ToHashSet();
        var restricted = new StringBuilder(text.Length);
        int replaced = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            bool isKnown = known.Contains(character);
            if (!isKnown) replaced++;
            restricted.Append((isKnown ? character : s_unknown).ToString());
        }

        return (restricted.ToString(), replaced);
    }
}

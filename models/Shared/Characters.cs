using System.Text;

namespace Transformer.Compiled.Models;

/// <summary>The characters of texts.</summary>
internal static class Characters
{
    /// <summary>The most frequent characters, the most frequent first; of equally frequent ones, those first in Unicode.</summary>
    /// <param name="texts">Where they are counted.</param>
    /// <param name="most">The most characters to take.</param>
    public static IEnumerable<Rune> MostFrequent(IEnumerable<string> texts, int most)
    {
        var counts = new Dictionary<Rune, int>();
        foreach (string text in texts)
        {
            foreach (Rune character in text.EnumerateRunes()) counts[character] = counts.GetValueOrDefault(character) + 1;
        }

        return counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(most).Select(pair => pair.Key);
    }
}

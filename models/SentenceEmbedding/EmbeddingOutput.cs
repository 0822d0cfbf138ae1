using System.Globalization;

namespace Transformer.Compiled.Models.Sentences;

/// <summary>What the program prints.</summary>
internal static class EmbeddingOutput
{
    /// <summary>An embedding's numbers, separated by spaces.</summary>
    public static string Embedding(SentenceEmbedder embedder, string sentence) =>
        string.Join(' ', embedder.Embed(sentence).Select(value => value.ToString("G9", CultureInfo.InvariantCulture)));

    /// <summary>Sentences in the order of their likeness to one, each after the cosine.</summary>
    public static IEnumerable<string> Ranking(SentenceEmbedder embedder, string sentence, IReadOnlyList<string> others)
    {
        float[] query = embedder.Embed(sentence);
        foreach ((int number, double cosine) in Similarity.Rank(query, [.. others.Select(embedder.Embed)]))
            yield return string.Create(CultureInfo.InvariantCulture, $"{cosine:F4}  {others[number]}");
    }
}

using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Models.Numbers;

/// <summary>What the model looks at while it translates.</summary>
internal static class NumberAttention
{
    private const string StartLabel = "‹start›";

    /// <summary>Writes a page with the attention of Chinese characters to English words, and of each side to itself.</summary>
    /// <param name="path">The page to write.</param>
    /// <param name="weights">A trained model's.</param>
    /// <param name="english">The words of a number.</param>
    /// <param name="chinese">Their translation.</param>
    public static void Write(string path, NumberTranslator.Weights weights, string english, string chinese)
    {
        using var session = new NumberTranslator.AttentionSession(weights);
        session.Encode(0, NumberTokens.EncodeEnglish(english));
        session.Prefill(0, [NumberTokens.Start, .. NumberTokens.EncodeChinese(chinese)]);
        string[] words = NumberTokens.Words(english);
        string[] characters = [StartLabel, .. chinese.Select(character => character.ToString())];

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AttentionView.WriteHtml(
            path,
            session.CrossAttentionOf(0).WithTokens(characters, words),
            session.SourceAttentionOf(0).WithTokens(words, words),
            session.AttentionOf(0).WithTokens(characters, characters));
    }
}

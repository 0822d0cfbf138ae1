using System.Text;
using System.Text.RegularExpressions;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Splitters against the regular expressions that they stand for.</summary>
public partial class WordSplitterTests
{
    [Fact]
    public void Gpt2WordsAreThoseOfTheExpression() => AgreesOnRandomTexts(new Gpt2WordSplitter(), Gpt2());

    [Fact]
    public void Llama3WordsAreThoseOfTheExpression() => AgreesOnRandomTexts(new Llama3WordSplitter(), Llama3());

    [Fact]
    public void LettersAndNumbersAreKnownOnAllPlanes()
    {
        Assert.Equal(["𝐀𝐁", " 𝟙𝟚", " 𠀀", "🙂🚀", " ", " 🙂"], Words(new Gpt2WordSplitter(), "𝐀𝐁 𝟙𝟚 𠀀🙂🚀  🙂"));
        Assert.Equal(["𝐀𝐁", " ", "𝟙𝟚𝟛", "𝟜", "🙂𠀀"], Words(new Llama3WordSplitter(), "𝐀𝐁 𝟙𝟚𝟛𝟜🙂𠀀"));
    }

    [Fact]
    public void Llama3KeepsLinesAndContractions()
    {
        Assert.Equal(
            ["I", "'LL", " be", " there", "!\n\n", "  ", " at", " ", "123", "45", "\r\n", "(ok", ")", "  "],
            Words(new Llama3WordSplitter(), "I'LL be there!\n\n   at 12345\r\n(ok)  "));
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Gpt2();

    [GeneratedRegex(Llama3WordSplitter.Pattern)]
    private static partial Regex Llama3();

    /// <summary>.NET's expressions know the basic plane only, and no long s as a case of s.</summary>
    private static void AgreesOnRandomTexts(WordSplitter splitter, Regex expression)
    {
        var random = new Random(6);
        for (int round = 0; round < 5000; round++)
        {
            string text = TokenizerFiles.RandomText(random, random.Next(1, 40)).Replace('ſ', 's');
            string basic = string.Concat(text.EnumerateRunes().Where(character => character.IsBmp));
            Assert.Equal(expression.Matches(basic).Select(match => match.Value), Words(splitter, basic));
        }
    }

    private static List<string> Words(WordSplitter splitter, string text)
    {
        var words = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int length = splitter.FirstWord(text.AsSpan(start));
            words.Add(text.Substring(start, length));
            start += length;
        }

        return words;
    }
}

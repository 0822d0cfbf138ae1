using System.Text;
using System.Text.RegularExpressions;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

public partial class WordSplitterTests
{
    [Fact]
    public void WordsAreThoseOfTheRegularExpression()
    {
        var random = new Random(6);
        for (int round = 0; round < 3000; round++)
        {
            string text = TokenizerFiles.RandomText(random, random.Next(1, 40));
            string basic = string.Concat(text.EnumerateRunes().Where(character => character.IsBmp));
            Assert.Equal(Gpt2().Matches(basic).Select(match => match.Value), Words(basic));
        }
    }

    [Fact]
    public void LettersAndNumbersAreKnownOnAllPlanes()
    {
        Assert.Equal(["𝐀𝐁", " 𝟙𝟚", " 𠀀", "🙂🚀", " ", " 🙂"], Words("𝐀𝐁 𝟙𝟚 𠀀🙂🚀  🙂"));
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Gpt2();

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int length = WordSplitter.FirstWord(text.AsSpan(start));
            words.Add(text.Substring(start, length));
            start += length;
        }

        return words;
    }
}

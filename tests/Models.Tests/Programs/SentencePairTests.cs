using Transformer.Compiled.Models.Translation;
using Transformer.Compiled.Tests;

namespace Models.Tests.Programs;

public sealed class SentencePairTests : IDisposable
{
    private const string Tatoeba = "tatoeba-eng-cmn/cmn.txt";
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void EachLineIsAPair()
    {
        File.WriteAllText(_file, "Hi.\t嗨。\r\nRun.\t你用跑的。\tsomebody's\r\n");
        Assert.Equal([new("Hi.", "嗨。"), new("Run.", "你用跑的。")], SentencePair.ReadAll(_file));
    }

    [Theory]
    [InlineData("a\tb\nc d\n", "line 2: a sentence, a tab and its translation are expected, not 'c d'.")]
    [InlineData("\tb\na\tb\n", "line 1: a sentence, a tab and its translation are expected, not '\tb'.")]
    [InlineData("a\tb\n", " has too few lines, 1: one for validation and one to train on are needed.")]
    public void MistakesHaveTheirLine(string text, string message)
    {
        File.WriteAllText(_file, text);
        Assert.EndsWith(message, Assert.Throws<InvalidDataException>(() => SentencePair.ReadAll(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTwentiethIsForValidation()
    {
        SentencePair[] pairs = [.. Enumerable.Range(0, 45).Select(number => new SentencePair($"{number}", "x"))];
        (IReadOnlyList<SentencePair> training, IReadOnlyList<SentencePair> validation) = SentencePair.Split(pairs);
        Assert.Equal(["0", "20", "40"], validation.Select(pair => pair.Source));
        Assert.Equal(42, training.Count);
        Assert.Equal("1", training[0].Source);
    }

    [Fact]
    public void CharactersHaveTokensInTheOrderOfCodePoints()
    {
        SentenceTokens tokens = SentenceTokens.Of(["bca😀", "ab"], size: 100);
        Assert.Equal(8, tokens.Count);
        Assert.Equal([4, 5, 6, 7, 3], tokens.Encode("abc😀d", length: 100));
        Assert.Equal([7, 7], tokens.Encode("😀😀a", length: 2));
        Assert.Equal("a😀", tokens.Decode([SentenceTokens.Start, 4, 3, 7, SentenceTokens.End, 0]));
    }

    [Fact]
    public void WhereThereIsNoRoomTheMostFrequentCharactersAreKept()
        => Assert.Equal([4, 3, 5], SentenceTokens.Of(["cab", "ac", "d"], size: 6).Encode("abc", length: 3));

    [Fact]
    public void TokensAreReadAsTheyWereWritten()
    {
        SentenceTokens tokens = SentenceTokens.Of(["我😀a"], size: 100);
        tokens.Save(_file);
        Assert.Equal(tokens.Encode("a我😀b", 9), SentenceTokens.Load(_file).Encode("a我😀b", 9));
    }

    [DataFact(Tatoeba)]
    public void TatoebaIsRead()
    {
        (IReadOnlyList<SentencePair> training, IReadOnlyList<SentencePair> validation) = SentencePair.Split(SentencePair.ReadAll(TestData.PathOf(Tatoeba)));
        Assert.Equal((19_382, 1_021), (training.Count, validation.Count));
        Assert.Equal(79, SentenceTokens.Of(training.Select(pair => pair.Source), size: 10_000).Count);
        Assert.Equal(3_399, SentenceTokens.Of(training.Select(pair => pair.Target), size: 10_000).Count);
    }
}

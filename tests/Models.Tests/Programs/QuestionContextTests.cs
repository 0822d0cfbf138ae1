using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Answers;
using Transformer.Compiled.Tokenization;

namespace Models.Tests.Programs;

public sealed class QuestionContextTests : IDisposable
{
    private const string Text = "Marie  Curie lives\tin Paris, the\ntower is in London.";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly TemplateTokenizer _tokenizer;

    public QuestionContextTests() => _tokenizer = TinyTokenizer.Write(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void WordsStandWhereTheyWereWritten()
    {
        TextWords words = TextWords.Of("A well-known 东西, $5!");
        Assert.Equal(["A", "well", "-", "known", "东", "西", ",", "$", "5", "!"], words.Places.Select(place => words.Text[place.Start..place.End]));
        Assert.Equal("well-known 东", words.Between(1, 4));
        Assert.Empty(TextWords.Of(" \n").Places);
    }

    [Fact]
    public void PiecesOfTheWordsAreThoseOfTheText()
        => Assert.Equal(_tokenizer.Encode(Text)[1..^1], TextWords.Of(Text).Pieces(_tokenizer).SelectMany(pieces => pieces));

    [Fact]
    public void AShortTextIsOneWindow()
    {
        var question = new QuestionContext(_tokenizer, "Where is Marie?", Text, length: 64);
        ContextWindow window = Assert.Single(question.Windows());
        TokenEncoding expected = _tokenizer.EncodePair("Where is Marie?", Text);
        Assert.Equal(expected.Tokens, window.Tokens);
        Assert.Equal(expected.TokenTypes, window.TokenTypes);
        Assert.Equal(_tokenizer.Encode(Text)[1..^1], window.Tokens[window.Context]);

        int paris = Array.IndexOf(window.Tokens, Array.IndexOf(TinyTokenizer.Pieces, "par"));
        Assert.Equal("Paris", question.TextOf(window, new AnswerSpan(paris, paris, 0)));
        Assert.Equal("Paris, the\ntower", question.TextOf(window, new AnswerSpan(paris + 1, paris + 4, 0)));
    }

    [Fact]
    public void ALongTextIsCutIntoWindowsThatOverlap()
    {
        const int Length = 15;
        var question = new QuestionContext(_tokenizer, "Who is in London?", Text, Length);
        ContextWindow[] windows = [.. question.Windows()];
        Assert.True(windows.Length > 1);
        Assert.All(windows, window => Assert.InRange(window.Tokens.Length, 1, Length));
        Assert.All(windows, window => Assert.Equal(window.Tokens.Length, window.TokenTypes.Length));
        Assert.Equal(Enumerable.Range(0, TextWords.Of(Text).Places.Count), windows.SelectMany(window => window.Words).Distinct());
        for (int index = 1; index < windows.Length; index++) Assert.True(windows[index].Words[0] <= windows[index - 1].Words[^1]);
    }

    [Fact]
    public void AWordThatIsLongerThanTheRoomIsCut()
    {
        var question = new QuestionContext(_tokenizer, "who", "Curie Paris", length: 5);
        Assert.Equal([0, 1], question.Windows().Select(window => Assert.Single(window.Words)));
    }

    [Theory]
    [InlineData("who", " ", "There is no text in which an answer could stand.")]
    [InlineData("who is in the tower", "London", "The question has 8 tokens; the model reads 8, and none is left for the text.")]
    public void WhatCannotBeAnsweredIsSaid(string question, string text, string message)
        => Assert.Equal(message, Assert.Throws<InvalidDataException>(() => new QuestionContext(_tokenizer, question, text, length: 8)).Message);
}

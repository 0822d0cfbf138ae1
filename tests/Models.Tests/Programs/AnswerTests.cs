using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Answers;
using Transformer.Compiled.Tokenization;

namespace Models.Tests.Programs;

public sealed class AnswerTests : IDisposable
{
    private readonly AnswerModel.Weights _weights = AnswerModel.Weights.Initialize(seed: 3);
    private readonly ModelFolder _folder;

    public AnswerTests() => _folder = new ModelFolder("answer", _weights);

    public void Dispose()
    {
        _weights.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TheAnswerIsThatPartOfTheTextWhoseLogitsAreHighest()
    {
        const string Question = "Where is Marie?";
        const string Text = "Marie lives in Paris.";
        using var encoder = new AnswerModel.Encoder(_weights);
        TokenEncoding pair = _folder.Tokenizer.EncodePair(Question, Text);
        encoder.Encode(pair.Tokens, tokenTypes: pair.TokenTypes);
        int[] words = [.. TextWords.Of(Text).Pieces(_folder.Tokenizer).SelectMany((pieces, word) => Enumerable.Repeat(word, pieces.Length))];
        int start = pair.Tokens.Length - 1 - words.Length;
        (int first, int last, double score) = (0, 0, double.NegativeInfinity);
        for (int i = 0; i < words.Length; i++)
        {
            for (int j = i; j < words.Length; j++)
            {
                double sum = (double)encoder.StartLogits[start + i] + encoder.EndLogits[start + j];
                if (sum > score) (first, last, score) = (i, j, sum);
            }
        }

        using var finder = new AnswerFinder(_folder.Path);
        Assert.Equal((TextWords.Of(Text).Between(words[first], words[last]), score), finder.Find(Question, Text));
    }

    [Fact]
    public void ATextLongerThanTheModelReadsIsSearchedToItsEnd()
    {
        using var finder = new AnswerFinder(_folder.Path);
        const string Part = "the tower is in London. Marie Curie lives in Paris.";
        (string answer, double score) = finder.Find("Where?", string.Join(' ', Enumerable.Repeat(Part, 6)));
        Assert.Contains(answer, string.Join(' ', Enumerable.Repeat(Part, 6)), StringComparison.Ordinal);
        Assert.True(double.IsFinite(score));
    }
}

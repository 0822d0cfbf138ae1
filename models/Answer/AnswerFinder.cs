using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models.Answers;

/// <summary>Finds answers in texts.</summary>
internal sealed class AnswerFinder : IDisposable
{
    private const int LongestAnswer = 30;

    private readonly TemplateTokenizer _tokenizer;
    private readonly bool _knowsTokenTypes;
    private readonly AnswerModel.Weights _weights;
    private readonly AnswerModel.Encoder _encoder;

    /// <param name="folder">Weights, tokenizer and config of the model that the program was compiled for.</param>
    public AnswerFinder(string folder)
    {
        _tokenizer = ModelTokenizer.Load(folder);
        _knowsTokenTypes = HubConfig.Load(folder).KnowsTokenTypes();
        _weights = AnswerModel.Weights.Load(folder);
        _encoder = new AnswerModel.Encoder(_weights);
    }

    /// <summary>The part of the text that answers the question best, at most 30 tokens of it, and the sum of its two logits.</summary>
    /// <exception cref="InvalidDataException">The text is empty, or the question leaves no room for it.</exception>
    public (string Text, double Score) Find(string question, string text)
    {
        var context = new QuestionContext(_tokenizer, question, text, _encoder.SequenceLength);
        (ContextWindow Window, AnswerSpan Span)? best = null;
        foreach (ContextWindow window in context.Windows())
        {
            _encoder.Encode(window.Tokens, tokenTypes: _knowsTokenTypes ? window.TokenTypes : []);
            AnswerSpan? span = AnswerSpan.Best(_encoder.StartLogits, _encoder.EndLogits, window.Context, LongestAnswer);
            if (span is not null && (best is null || span.Value.Score > best.Value.Span.Score)) best = (window, span.Value);
        }

        return best is { } found
            ? (context.TextOf(found.Window, found.Span), found.Span.Score)
            : throw new InvalidDataException("The text has no tokens.");
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _weights.Dispose();
    }
}

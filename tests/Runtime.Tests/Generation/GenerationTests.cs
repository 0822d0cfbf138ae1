using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Generation;

public class GenerationTests
{
    private static readonly DecoderShape Shape = new(
        VocabularySize: 26, ContextLength: 12, Batch: 1, PrefillChunk: 4, ActivationFloats: 1, StateFloatsPerSlot: 12, TableFloats: 1);

    private static readonly CharacterTokenizer Letters = CharacterTokenizer.FromText("abcdefghijklmnopqrstuvwxyz");

    [Fact]
    public void TheContextIsAlwaysALimit()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new RecordingSession(weights, Shape);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10, 11, 12], session.Generate([1, 2], Sampler.Greedy));
        Assert.Equal(11, session.Position);
    }

    [Fact]
    public void OptionsEndEarlier()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new RecordingSession(weights, Shape);
        Assert.Equal([3, 4, 5], session.Generate([1, 2], Sampler.Greedy, new GenerationOptions { NewTokens = 3 }));
        session.Reset();
        Assert.Equal([3, 4], session.Generate([1, 2], Sampler.Greedy, new GenerationOptions { MaximumLength = 4 }));
        session.Reset();
        Assert.Equal([3, 4, 5], session.Generate([1, 2], Sampler.Greedy, new GenerationOptions { StopTokens = [9, 6] }));
        session.Reset();
        Assert.Empty(session.Generate([1, 2], Sampler.Greedy, new GenerationOptions { NewTokens = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { NewTokens = -1 });
    }

    [Fact]
    public void AnEmptyPromptGoesOn()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new RecordingSession(weights, Shape);
        Assert.Throws<ArgumentException>(() => session.Generate([], Sampler.Greedy).First());
        session.Prefill([7]);
        Assert.Equal([8, 9], session.Generate([], Sampler.Greedy, new GenerationOptions { NewTokens = 2 }));
    }

    [Fact]
    public void ASequenceIsReadOnce()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new RecordingSession(weights, Shape);
        IEnumerable<int> tokens = session.Generate([1], Sampler.Greedy, new GenerationOptions { NewTokens = 2 });
        Assert.Empty(session.Calls);
        Assert.Equal([2, 3], tokens);
        Assert.Empty(tokens);
    }

    [Fact]
    public void TokensAllocateNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using RecordingSession session = RecordingSession.WithoutRecord(weights, Shape with { ContextLength = 1000, StateFloatsPerSlot = 1000 });
        using IEnumerator<int> tokens = session.Generate([1], new Sampler { TopP = 0.9f }, new GenerationOptions { StopTokens = [30] }).GetEnumerator();
        tokens.MoveNext();
        tokens.MoveNext();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 500; i++) tokens.MoveNext();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task AsynchronousTokensAreTheSame()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new RecordingSession(weights, Shape);
        var tokens = new List<int>();
        await foreach (int token in session.GenerateAsync([20], Sampler.Greedy, new GenerationOptions { NewTokens = 7 })) tokens.Add(token);
        Assert.Equal([21, 22, 23, 24, 25, 0, 1], tokens);
    }

    [Fact]
    public async Task CancellationEndsBetweenTokens()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new RecordingSession(weights, Shape);
        using var cancellation = new CancellationTokenSource();
        var pieces = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in session.GenerateTextAsync(Letters, "a", Sampler.Greedy).WithCancellation(cancellation.Token))
            {
                pieces.Add(piece);
                if (pieces.Count == 3) cancellation.Cancel();
            }
        });
        Assert.Equal(["b", "c", "d"], pieces);
        Assert.Equal(3, session.Position);
    }

    [Fact]
    public void TextIsYieldedAsItCompletes()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new RecordingSession(weights, Shape);
        Assert.Equal(["d", "e", "f"], session.GenerateText(Letters, "abc", Sampler.Greedy, new GenerationOptions { NewTokens = 3 }));
    }
}

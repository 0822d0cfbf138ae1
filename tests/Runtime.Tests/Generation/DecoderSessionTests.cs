using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class DecoderSessionTests
{
    private static readonly DecoderShape Shape = new(
        VocabularySize: 50, ContextLength: 10, Batch: 1, PrefillChunk: 4, ActivationFloats: 7, StateFloatsPerSlot: 10, TableFloats: 3);

    [Fact]
    public void PromptsAreFedInStaticChunks()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        session.Prefill([1, 2, 3, 4, 5, 6, 7]);
        Assert.Equal(["layers 1@0 2@1 3@2 4@3", "layers 5@4 6@5 7@6", "last 2"], session.Calls);
        Assert.Equal(7, session.Position);
        Assert.Equal(8, session.Logits.IndexOf(1f));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], session.History);
    }

    [Fact]
    public void PrefillAfterTokensGoesOnFromTheirPosition()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        session.Prefill([1, 2]);
        session.Decode(3);
        session.Prefill([4, 5]);
        Assert.Equal(["layers 1@0 2@1", "last 1", "decode 3@2", "layers 4@3 5@4", "last 1"], session.Calls);
        Assert.Equal([1, 2, 3, 4, 5], session.History);
    }

    [Fact]
    public void PrefillLogitsAreThoseOfEveryToken()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        var logits = new float[6 * Shape.VocabularySize];
        session.PrefillLogits([10, 20, 30, 40, 0, 49], logits);
        Assert.Equal(["layers 10@0 20@1 30@2 40@3", "chunk 4", "layers 0@4 49@5", "chunk 2"], session.Calls);
        int[] following = [11, 21, 31, 41, 1, 0];
        for (int i = 0; i < following.Length; i++) Assert.Equal(following[i], Array.IndexOf(logits[(i * 50)..((i + 1) * 50)], 1f));
        Assert.Equal(0, session.Logits.IndexOf(1f));
        Assert.Equal(6, session.Position);
    }

    [Fact]
    public void PrefillLogitsNeedExactRoom()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        var error = Assert.Throws<ArgumentException>(() => session.PrefillLogits([1, 2], new float[99]));
        Assert.Contains("2 tokens have 100 logits; the destination has room for 99", error.Message);
        Assert.Empty(session.Calls);
    }

    [Fact]
    public void NextDecodesAndSamples()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        Assert.Equal(6, session.Next(5, Sampler.Greedy));
        Assert.Equal(7, session.Next(6, Sampler.Greedy));
        Assert.Equal(["decode 5@0", "decode 6@1"], session.Calls);
    }

    [Fact]
    public void NextPenalisesWhatTheCacheHolds()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        session.Prefill([8]);
        var sampler = new Sampler { Temperature = 0, RepetitionPenalty = 4 };
        Assert.Equal(9, session.Next(7, sampler));
        session.Reset();
        Assert.Equal(8, session.Next(7, sampler));
    }

    [Fact]
    public void ResetStartsAnew()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        session.Prefill([1, 2, 3]);
        session.Reset();
        Assert.Equal(0, session.Position);
        Assert.True(session.History.IsEmpty);
        Assert.Throws<InvalidOperationException>(() => session.Logits.Length);
        session.Decode(9);
        Assert.Equal("decode 9@0", session.Calls[^1]);
    }

    [Fact]
    public void RowsHaveTheirOwnStateAndPosition()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape with { Batch = 3 });
        session.Prefill(2, [7, 8, 9, 10, 11]);
        session.Prefill(0, [1]);
        session.Decode([2, 5, 12]);
        Assert.Equal("decode 2@1 5@0 12@5", session.Calls[^1]);
        Assert.Equal((2, 1, 6), (session.PositionOf(0), session.PositionOf(1), session.PositionOf(2)));
        Assert.Equal([1f, 2f], session.StateOf(0, 2));
        Assert.Equal([5f], session.StateOf(1, 1));
        Assert.Equal([7f, 8f, 9f, 10f, 11f, 12f], session.StateOf(2, 6));
        Assert.Equal((3, 6, 13), (session.LogitsOf(0).IndexOf(1f), session.LogitsOf(1).IndexOf(1f), session.LogitsOf(2).IndexOf(1f)));
        Assert.Equal(150, session.Logits.Length);
        Assert.Equal([7, 8, 9, 10, 11, 12], session.HistoryOf(2));

        session.Reset(2);
        Assert.Equal((2, 1, 0), (session.PositionOf(0), session.PositionOf(1), session.PositionOf(2)));
        Assert.Throws<InvalidOperationException>(() => session.LogitsOf(2).Length);
    }

    [Fact]
    public void SeveralRowsHaveToBeNamed()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape with { Batch = 2 });
        Assert.Throws<InvalidOperationException>(() => session.Prefill([1]));
        Assert.Throws<InvalidOperationException>(() => session.Decode(1));
        Assert.Throws<InvalidOperationException>(() => session.Position);
        Assert.Throws<ArgumentException>(() => session.Decode([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Prefill(2, [1]));
        Assert.Empty(session.Calls);
    }

    [Fact]
    public void RefusedArgumentsChangeNothing()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        session.Prefill([1, 2, 3, 4, 5, 6, 7, 8]);
        int calls = session.Calls.Count;

        Assert.Throws<ArgumentException>(() => session.Prefill([]));
        var outside = Assert.Throws<ArgumentOutOfRangeException>(() => session.Prefill([3, 50]));
        Assert.Contains("Token 50 at index 1 is outside the vocabulary of 50 tokens", outside.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Decode(-1));
        var full = Assert.Throws<InvalidOperationException>(() => session.Prefill([1, 2, 3]));
        Assert.Contains("position 8; 3 more tokens", full.Message);
        Assert.Contains("ContextLength of 10", full.Message);
        Assert.Contains("Reset", full.Message);

        Assert.Equal(calls, session.Calls.Count);
        Assert.Equal(8, session.Position);
        Assert.Equal(9, session.Logits.IndexOf(1f));
        session.Prefill([9, 10]);
        Assert.Throws<InvalidOperationException>(() => session.Decode(11));
        Assert.Equal(10, session.Position);
    }

    [Fact]
    public void AFailingChunkIsNotCounted()
    {
        using TestWeights weights = Weights();
        using var session = new RecordingSession(weights, Shape);
        session.Prefill([1]);
        session.Failure = new InvalidOperationException("broken");
        Assert.Throws<InvalidOperationException>(() => session.Prefill([2]));
        session.Failure = null;
        session.Prefill([3]);
        Assert.Equal([1, 3], session.History);
    }

    [Fact]
    public void SessionsHoldTheirWeights()
    {
        using TestWeights weights = Weights();
        var first = new RecordingSession(weights, Shape);
        var second = new RecordingSession(weights, Shape);
        Assert.Equal(1, first.TablesFilled);
        first.Dispose();
        first.Dispose();
        Assert.Throws<InvalidOperationException>(weights.AcquireExclusive);
        second.Dispose();
        weights.AcquireExclusive();
        Assert.Throws<InvalidOperationException>(() => new RecordingSession(weights, Shape));
        weights.ReleaseExclusive();
    }

    [Fact]
    public void DisposedSessionsRefuse()
    {
        using TestWeights weights = Weights();
        var session = new RecordingSession(weights, Shape);
        session.Prefill([1]);
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Prefill([1]));
        Assert.Throws<ObjectDisposedException>(() => session.Decode(1));
        Assert.Throws<ObjectDisposedException>(() => session.Logits.Length);
        Assert.Throws<ObjectDisposedException>(() => session.History.Length);
        Assert.Throws<ObjectDisposedException>(() => session.Reset());
    }

    [Fact]
    public void DecodingAllocatesNothing()
    {
        using TestWeights weights = Weights();
        using RecordingSession session = RecordingSession.WithoutRecord(weights, Shape with { ContextLength = 1000, StateFloatsPerSlot = 1000 });
        var sampler = new Sampler { TopK = 20, TopP = 0.9f, MinP = 0.01f, RepetitionPenalty = 1.1f };
        int[] prompt = [1, 2, 3, 4, 5];
        session.Prefill(prompt);
        session.Reset();
        int token = session.Next(1, sampler);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 900; i++) token = session.Next(token, sampler);
        session.Reset();
        session.Prefill(prompt);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    internal static TestWeights Weights()
    {
        ParameterInfo parameter = new("w", ParameterKind.Bias, 4, 1, 0, StorageFormat.RowMajor, Initializer.Zeros);
        return new TestWeights(new ModelLayout(
            "Counting", 4, 4, [parameter], [new CheckpointTensor("w", [4], TensorOrientation.RowMajor, [new RowRange(0, 0, 4)])], new CheckpointConventions("", [], [])));
    }
}

using Runtime.Tests.Checkpoints;
using Transformer.Compiled;
using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class EncoderSessionTests
{
    private static readonly EncoderShape Text = new()
    {
        Batch = 2,
        SequenceLength = 4,
        DModel = RecordingEncoder.Width,
        VocabularySize = 9,
        TokenTypes = 2,
        ActivationFloats = 1,
        TableFloats = 1,
    };

    private static readonly EncoderShape Images = Text with { VocabularySize = 0, TokenTypes = 0, PixelFloats = 6 };

    [Fact]
    public void OnlyTheColumnsThatAreGivenAreComputed()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new RecordingEncoder(weights, Text);
        encoder.Encode([1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 0, 0], [0, 0, 1, 0, 1, 1]);
        Assert.Equal(3, encoder.Length);
        Assert.Equal(
            [0, 1, 0, 0, 1, 1, 2, 1, 0, 1, 2, 3, 2, 1, 0, 3, 4, 0, 0, 1, 4, 5, 1, 1, 0, 5, 6, 2, 1, 0], encoder.HiddenStates);
        encoder.Encode([7, 8]);
        Assert.Equal([0, 7, 0, 0, 1, 1, 8, 0, 0, 1], encoder.HiddenStates);
        encoder.Encode([1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal((4, 40), (encoder.Length, encoder.HiddenStates.Length));
    }

    [Fact]
    public void PositionsBeginAtZeroAndMayPassOverPadding()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using (var encoder = new RecordingEncoder(weights, Text))
        {
            encoder.Encode([1, 2, 3, 4]);
            Assert.Equal([0f, 1, 0, 1], Positions(encoder));
        }

        using (var encoder = new RecordingEncoder(weights, Text with { PositionPadding = 1 }))
        {
            encoder.Encode([0, 5, 1, 1, 1, 6, 2, 1]);
            Assert.Equal([2f, 3, 1, 1, 1, 2, 3, 1], Positions(encoder));
        }
    }

    [Fact]
    public void HeadsHandOutWhatTheyHave()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using (var encoder = new RecordingEncoder(weights, Text with { PooledWidth = 3, LogitsPer = LogitsPer.Token, LogitColumns = 2, HiddenLayers = 3 }))
        {
            encoder.Encode([1, 2, 3, 4]);
            Assert.Equal([0f, 1, 2, 3, 4, 5], encoder.Pooled);
            Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], encoder.Logits);
            Assert.Equal(Enumerable.Repeat(2f, 20), encoder.HiddenStatesOf(2).ToArray());
            Assert.Equal(Enumerable.Repeat(0f, 20), encoder.HiddenStatesOf(0).ToArray());
            Assert.Throws<ArgumentOutOfRangeException>(() => encoder.HiddenStatesOf(3).Length);
            Assert.Throws<InvalidOperationException>(() => encoder.StartLogits.Length);
        }

        using (var encoder = new RecordingEncoder(weights, Text with { LogitsPer = LogitsPer.Sequence, LogitColumns = 3 }))
        {
            encoder.Encode([1, 2, 3, 4]);
            Assert.Equal([0f, 1, 2, 3, 4, 5], encoder.Logits);
            Assert.Contains("pool", Assert.Throws<InvalidOperationException>(() => encoder.Pooled.Length).Message);
            Assert.Contains("HiddenStates = true", Assert.Throws<InvalidOperationException>(() => encoder.HiddenStatesOf(0).Length).Message);
        }

        using (var encoder = new RecordingEncoder(weights, Text with { LogitsPer = LogitsPer.Span }))
        {
            encoder.Encode([1, 2, 3, 4]);
            Assert.Equal([0f, 1, 2, 3], encoder.StartLogits);
            Assert.Equal([4f, 5, 6, 7], encoder.EndLogits);
            Assert.Equal(8, encoder.Logits.Length);
        }

        using (var encoder = new RecordingEncoder(weights, Text))
        {
            encoder.Encode([1, 2, 3, 4]);
            Assert.Contains("no head", Assert.Throws<InvalidOperationException>(() => encoder.Logits.Length).Message);
        }
    }

    [Fact]
    public void ImagesAreEncodedWhole()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new RecordingEncoder(weights, Images);
        float[] pixels = [.. Enumerable.Range(0, 12).Select(i => i / 12f)];
        encoder.Encode(pixels);
        Assert.Equal(pixels, encoder.SeenPixels);
        Assert.Equal((4, 40), (encoder.Length, encoder.HiddenStates.Length));
        Assert.Equal([0f, 1, 2, 3, 0, 1, 2, 3], Positions(encoder));
        Assert.Contains("12", Assert.Throws<ArgumentException>(() => encoder.Encode(new float[11])).Message);
        Assert.Contains("reads images", Assert.Throws<InvalidOperationException>(() => encoder.Encode([1, 2])).Message);
        using var text = new RecordingEncoder(weights, Text);
        Assert.Contains("reads tokens", Assert.Throws<InvalidOperationException>(() => text.Encode(pixels)).Message);
    }

    [Fact]
    public void FactorsAndPairsHoldUntilTheyAreSetAnew()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new RecordingEncoder(weights, Text with { HasInputScale = true, PairMask = PairMask.Boolean });
        Assert.Equal(Enumerable.Repeat(1f, 8), encoder.SeenScale(8));
        Assert.Equal(new float[32], encoder.SeenPairs(32));
        encoder.SetInputScale([1, 0, 0.5f, 2]);
        encoder.SetPairMask([1, 0, 1, 1, 0, -3, 1, 1]);
        encoder.Encode([1, 2, 3, 4]);
        Assert.Equal([1f, 0, 0.5f, 2], encoder.SeenScale(4));
        Assert.Equal([0, float.NegativeInfinity, 0, 0, float.NegativeInfinity, 0, 0, 0], encoder.SeenPairs(8));
        var error = Assert.Throws<InvalidOperationException>(() => encoder.Encode([1, 2]));
        Assert.Contains("sequences of 2 tokens, and these have 1", error.Message);
        encoder.SetInputScale([]);
        Assert.Throws<InvalidOperationException>(() => encoder.Encode([1, 2]));
        encoder.SetPairMask([]);
        encoder.Encode([1, 2]);
        Assert.Equal(Enumerable.Repeat(1f, 8), encoder.SeenScale(8));
        Assert.Equal(new float[32], encoder.SeenPairs(32));
    }

    [Theory]
    [InlineData(PairMask.Additive, 0f)]
    [InlineData(PairMask.Multiplicative, 1f)]
    public void PairsAreNeutralAtTheStart(PairMask kind, float neutral)
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new RecordingEncoder(weights, Text with { PairMask = kind });
        Assert.Equal(Enumerable.Repeat(neutral, 32), encoder.SeenPairs(32));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.SetPairMask([1, float.NaN]));
        if (kind == PairMask.Additive) encoder.SetPairMask([1, float.NegativeInfinity]);
        else Assert.Throws<ArgumentOutOfRangeException>(() => encoder.SetPairMask([1, float.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => encoder.SetPairMask(new float[6]));
        Assert.Throws<ArgumentException>(() => encoder.SetPairMask(new float[50]));
        Assert.Throws<InvalidOperationException>(() => encoder.SetInputScale([1]));
    }

    [Fact]
    public void RefusedArgumentsChangeNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new RecordingEncoder(weights, Text);
        encoder.Encode([1, 2, 3, 4]);
        Refuse<ArgumentException>("There are 0 tokens; 2 sequences of 1 to 4", () => encoder.Encode(ReadOnlySpan<int>.Empty));
        Refuse<ArgumentException>("There are 3 tokens", () => encoder.Encode([1, 2, 3]));
        Refuse<ArgumentException>("There are 10 tokens", () => encoder.Encode(new int[10]));
        Refuse<ArgumentException>("attentionMask has 3 elements for 2 tokens", () => encoder.Encode([1, 2], [1, 1, 1]));
        Refuse<ArgumentException>("tokenTypes has 1 elements for 2 tokens", () => encoder.Encode([1, 2], [1, 1], [1]));
        Refuse<ArgumentOutOfRangeException>("tokens[1] is 9; the range is 0 to 8", () => encoder.Encode([1, 9]));
        Refuse<ArgumentOutOfRangeException>("attentionMask[0] is 2; the range is 0 to 1", () => encoder.Encode([1, 8], [2, 1]));
        Refuse<ArgumentOutOfRangeException>("tokenTypes[1] is -1; the range is 0 to 1", () => encoder.Encode([1, 8], [1, 1], [0, -1]));
        Assert.Equal((1, 2), (encoder.Passes, encoder.Length));
        Assert.Equal(1f, encoder.HiddenStates[1]);
        using var untyped = new RecordingEncoder(weights, Text with { TokenTypes = 0 });
        Refuse<ArgumentException>("no token types", () => untyped.Encode([1, 2], default, [0, 0]));
    }

    [Fact]
    public void ThereAreNoStatesBeforeTheFirstEncodeNorAfterAFailure()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        var encoder = new RecordingEncoder(weights, Text);
        Assert.Throws<InvalidOperationException>(() => encoder.HiddenStates.Length);
        encoder.Encode([1, 2]);
        encoder.Failure = new InvalidOperationException("broken");
        Assert.Throws<InvalidOperationException>(() => encoder.Encode([1, 2]));
        Assert.Throws<InvalidOperationException>(() => encoder.HiddenStates.Length);
        encoder.Dispose();
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.HiddenStates.Length);
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode([1, 2]));
        weights.AcquireExclusive();
        Assert.Throws<InvalidOperationException>(() => new RecordingEncoder(weights, Text));
        weights.ReleaseExclusive();
    }

    [Fact]
    public void EncodingAllocatesNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new RecordingEncoder(weights, Text with { HasInputScale = true, PairMask = PairMask.Boolean, PositionPadding = 1 });
        int[] tokens = [1, 2, 3, 4];
        float[] factors = [1, 1, 1, 1], pairs = new float[8];
        Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) Encode();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Encode()
        {
            encoder.SetInputScale(factors);
            encoder.SetPairMask(pairs);
            encoder.Encode(tokens, tokens.AsSpan(0, 0), default);
        }
    }

    private static void Refuse<TException>(string message, Action action)
        where TException : Exception => Assert.Contains(message, Assert.Throws<TException>(action).Message);

    private static float[] Positions(RecordingEncoder encoder)
    {
        float[] states = encoder.HiddenStates.ToArray();
        return [.. Enumerable.Range(0, states.Length / RecordingEncoder.Width).Select(row => states[row * RecordingEncoder.Width + 2])];
    }
}

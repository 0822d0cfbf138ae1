using Transformer.Compiled;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class TrainingBatchTests
{
    private static readonly TrainerShape Encoder = new(VocabularySize: 7, BatchSize: 2, SequenceLength: 3, ActivationFloats: 1, TableFloats: 0)
    {
        TokenTypes = 2,
        HasAttentionMask = true,
        HasInputScale = true,
        PairMask = PairMask.Additive,
        Targets = TargetKind.Sequence,
        Labels = 4,
    };

    private static readonly TrainerShape EncoderDecoder = new(VocabularySize: 7, BatchSize: 2, SequenceLength: 3, ActivationFloats: 1, TableFloats: 0)
    {
        SourceVocabularySize = 9,
        SourceLength = 5,
    };

    private static readonly TrainerShape Images = new(VocabularySize: 0, BatchSize: 2, SequenceLength: 5, ActivationFloats: 1, TableFloats: 0)
    {
        PixelFloats = 12,
        Targets = TargetKind.Values,
        Labels = 3,
    };

    [Fact]
    public void BuffersStartWithMasksThatHideNothingAndTargetsThatAreIgnored()
    {
        using var weights = new TinyWeights();
        using (var trainer = new InputTrainer(weights, Encoder))
        {
            trainer.Forward();
            Assert.Equal(new int[6], trainer.SeenTokens);
            Assert.Equal(new int[6], trainer.SeenTokenTypes);
            Assert.Equal([1, 1, 1, 1, 1, 1], trainer.SeenAttentionMask);
            Assert.Equal([1f, 1f, 1f, 1f, 1f, 1f], trainer.SeenInputScale);
            Assert.Equal(new float[18], trainer.SeenPairMask);
            Assert.Equal([-100, -100], trainer.SeenTargets(2));
            Assert.Equal([0, 1, 2, 0, 1, 2], trainer.SeenPositions);
        }

        using (var trainer = new InputTrainer(weights, EncoderDecoder))
        {
            trainer.Forward();
            Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], trainer.SeenSourceMask);
            Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], trainer.SeenSourcePositions);
            Assert.Equal([-100, -100, -100, -100, -100, -100], trainer.SeenTargets(6));
        }
    }

    [Fact]
    public void PassesReadWhatTheCallerWrites()
    {
        using var weights = new TinyWeights();
        using (var trainer = new InputTrainer(weights, Encoder))
        {
            int[] tokens = [1, 2, 3, 4, 5, 6], types = [0, 0, 1, 0, 1, 1], mask = [1, 1, 0, 1, 0, 0];
            float[] scale = [1, 0.5f, 0, 2, 3, -1], pairs = [.. Enumerable.Range(0, 18).Select(pair => pair == 4 ? float.NegativeInfinity : pair)];
            tokens.CopyTo(trainer.Batch.Tokens);
            types.CopyTo(trainer.Batch.TokenTypes);
            mask.CopyTo(trainer.Batch.AttentionMask);
            scale.CopyTo(trainer.Batch.InputScale);
            pairs.CopyTo(trainer.Batch.PairMask);
            trainer.Batch.Targets[1] = 3;
            trainer.Forward();
            Assert.Equal(tokens, trainer.SeenTokens);
            Assert.Equal(types, trainer.SeenTokenTypes);
            Assert.Equal(mask, trainer.SeenAttentionMask);
            Assert.Equal(scale, trainer.SeenInputScale);
            Assert.Equal(pairs, trainer.SeenPairMask);
            Assert.Equal([-100, 3], trainer.SeenTargets(2));
        }

        using (var trainer = new InputTrainer(weights, EncoderDecoder))
        {
            int[] sources = [8, 7, 6, 5, 4, 3, 2, 1, 0, 8], mask = [1, 1, 1, 1, 0, 1, 1, 0, 0, 0];
            sources.CopyTo(trainer.Batch.Sources);
            mask.CopyTo(trainer.Batch.SourceMask);
            trainer.Evaluate();
            Assert.Equal(sources, trainer.SeenSources);
            Assert.Equal(mask, trainer.SeenSourceMask);
        }

        using (var trainer = new InputTrainer(weights, Images))
        {
            float[] pixels = [.. Enumerable.Range(0, 24).Select(pixel => pixel / 24f)], values = [0.5f, 0.5f, 0, 0, float.NaN, 1];
            pixels.CopyTo(trainer.Batch.Pixels);
            values.CopyTo(trainer.Batch.TargetValues);
            trainer.Step();
            Assert.Equal(pixels, trainer.SeenPixels);
            Assert.Equal(values, trainer.SeenTargetValues(6));
            Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], trainer.SeenPositions);
        }
    }

    [Fact]
    public void TheNextBatchMayBeWrittenBeforeTheBackwardPass()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Encoder);
        trainer.Batch.Tokens.Fill(5);
        trainer.Forward();
        trainer.Batch.Tokens.Fill(99);
        trainer.Backward();
        Assert.Equal([5, 5, 5, 5, 5, 5], trainer.SeenTokens);
    }

    [Fact]
    public void BuffersKeepWhatWasWritten()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Encoder);
        trainer.Batch.AttentionMask[5] = 0;
        trainer.Step();
        trainer.Batch.Tokens[0] = 3;
        trainer.Step();
        Assert.Equal([1, 1, 1, 1, 1, 0], trainer.SeenAttentionMask);
        Assert.Equal([3, 0, 0, 0, 0, 0], trainer.SeenTokens);
    }

    [Fact]
    public void ABooleanPairMaskHidesWhereItIsZero()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Encoder with { PairMask = PairMask.Boolean });
        trainer.Forward();
        Assert.Equal(new float[18], trainer.SeenPairMask);
        trainer.Batch.PairMask[7] = 0;
        trainer.Batch.PairMask[8] = -2;
        trainer.Forward();
        Assert.Equal(Enumerable.Range(0, 18).Select(pair => pair == 7 ? float.NegativeInfinity : 0), trainer.SeenPairMask);
        Assert.Equal(0f, trainer.Batch.PairMask[7]);
    }

    [Fact]
    public void PositionsBeginAtZeroAndMayPassOverPadding()
    {
        using var weights = new TinyWeights();
        using (var trainer = new InputTrainer(weights, Encoder))
        {
            trainer.Forward();
            Assert.Equal([0, 1, 2, 0, 1, 2], trainer.SeenPositions);
        }

        using (var trainer = new InputTrainer(weights, Encoder with { PositionPadding = 1 }))
        {
            int[] tokens = [0, 5, 1, 1, 6, 2];
            tokens.CopyTo(trainer.Batch.Tokens);
            trainer.Forward();
            Assert.Equal([2, 3, 1, 1, 2, 3], trainer.SeenPositions);
        }
    }

    [Fact]
    public void BuffersThatTheModelHasNotGotAreRefused()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, EncoderDecoder);
        Assert.Equal(["Tokens", "Sources", "SourceMask", "Targets"], trainer.Batch.Names);
        var error = Assert.Throws<InvalidOperationException>(() => trainer.Batch.TokenTypes.Length);
        Assert.Equal("The model has no TokenTypes; the buffers of its batches are Tokens, Sources, SourceMask, Targets.", error.Message);
        Assert.Throws<InvalidOperationException>(() => trainer.Batch.AttentionMask.Length);
        Assert.Throws<InvalidOperationException>(() => trainer.Batch.Pixels.Length);
        Assert.Throws<InvalidOperationException>(() => trainer.Batch.InputScale.Length);
        Assert.Throws<InvalidOperationException>(() => trainer.Batch.PairMask.Length);
        Assert.Throws<InvalidOperationException>(() => trainer.Batch.TargetValues.Length);
        trainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => trainer.Batch.Tokens.Length);
        Assert.Throws<ObjectDisposedException>(() => trainer.Forward());

        using var images = new InputTrainer(weights, Images);
        Assert.Equal(["Pixels", "TargetValues"], images.Batch.Names);
    }

    [Theory]
    [InlineData(TargetKind.Token, 6)]
    [InlineData(TargetKind.Sequence, 2)]
    [InlineData(TargetKind.Span, 4)]
    [InlineData(TargetKind.Values, 8)]
    [InlineData(TargetKind.TokenValues, 24)]
    public void TargetsAreAsManyAsTheirKindSays(TargetKind kind, int count)
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Encoder with { Targets = kind });
        bool isClass = kind is TargetKind.Token or TargetKind.Sequence or TargetKind.Span;
        Assert.Equal(count, isClass ? trainer.Batch.Targets.Length : trainer.Batch.TargetValues.Length);
    }

    public static TheoryData<string, Action<TrainingBatch>> Mistakes() => new()
    {
        { "Tokens[4] is 7; the range is 0 to 6.", batch => batch.Tokens[4] = 7 },
        { "Tokens[0] is -1; the range is 0 to 6.", batch => batch.Tokens[0] = -1 },
        { "TokenTypes[5] is 2; the range is 0 to 1.", batch => batch.TokenTypes[5] = 2 },
        { "AttentionMask[1] is 3; the range is 0 to 1.", batch => batch.AttentionMask[1] = 3 },
        { "Targets[1] is 4; the range is 0 to 3, or -100 (ignored).", batch => batch.Targets[1] = 4 },
        { "PairMask[17] is NaN; the range is all finite numbers, and −∞.", batch => batch.PairMask[17] = float.NaN },
        { "PairMask[3] is Infinity; the range is all finite numbers, and −∞.", batch => batch.PairMask[3] = float.PositiveInfinity },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void ValuesOutOfRangeAreNamedAndChangeNothing(string message, Action<TrainingBatch> mistake)
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Encoder);
        trainer.Batch.Tokens.Fill(2);
        trainer.Forward();
        trainer.Batch.Tokens.Fill(3);
        mistake(trainer.Batch);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward());
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Evaluate());
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Step());
        Assert.Equal([2, 2, 2, 2, 2, 2], trainer.SeenTokens);
        trainer.Backward();
        Assert.Equal(0, trainer.StepCount);
    }

    [Fact]
    public void EachSideHasItsOwnVocabularyAndSpansAreInsideTheSequence()
    {
        using var weights = new TinyWeights();
        using (var trainer = new InputTrainer(weights, EncoderDecoder))
        {
            trainer.Batch.Sources[9] = 8;
            trainer.Forward();
            trainer.Batch.Sources[9] = 9;
            Assert.StartsWith("Sources[9] is 9; the range is 0 to 8.", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward()).Message);
            trainer.Batch.Sources[9] = 0;
            trainer.Batch.SourceMask[2] = -1;
            Assert.StartsWith("SourceMask[2] is -1; the range is 0 to 1.", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward()).Message);
            trainer.Batch.SourceMask[2] = 0;
            trainer.Batch.Targets[2] = 7;
            Assert.StartsWith("Targets[2] is 7; the range is 0 to 6", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward()).Message);
        }

        using (var trainer = new InputTrainer(weights, Encoder with { Targets = TargetKind.Span }))
        {
            trainer.Batch.Targets[3] = 3;
            Assert.StartsWith("Targets[3] is 3; the range is 0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward()).Message);
        }

        using (var trainer = new InputTrainer(weights, Images))
        {
            trainer.Batch.TargetValues[4] = float.NegativeInfinity;
            Assert.StartsWith("TargetValues[4] is -Infinity", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward()).Message);
        }

        using (var trainer = new InputTrainer(weights, Encoder with { PairMask = PairMask.Multiplicative }))
        {
            Assert.Equal(1f, trainer.Batch.PairMask[0]);
            trainer.Batch.PairMask[2] = float.NegativeInfinity;
            Assert.StartsWith("PairMask[2] is -Infinity", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Forward()).Message);
        }
    }

    [Fact]
    public void NothingIsAllocatedForABatch()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Encoder with { PairMask = PairMask.Boolean, PositionPadding = 1 });
        trainer.Forward();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pass = 0; pass < 20; pass++)
        {
            trainer.Batch.Tokens.Fill(pass % 7);
            trainer.Batch.PairMask.Fill(pass);
            trainer.Forward();
            trainer.Evaluate();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

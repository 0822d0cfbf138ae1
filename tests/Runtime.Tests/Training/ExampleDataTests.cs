using Transformer.Compiled;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

/// <summary>Examples in rows, batches, buckets and splits.</summary>
public sealed class ExampleDataTests
{
    private static readonly TrainerShape Pairs = new(VocabularySize: 9, BatchSize: 2, SequenceLength: 3, ActivationFloats: 1, TableFloats: 0)
    {
        SourceVocabularySize = 9,
        SourceLength = 4,
    };

    private static readonly TrainerShape Classifier = new(VocabularySize: 9, BatchSize: 3, SequenceLength: 4, ActivationFloats: 1, TableFloats: 0)
    {
        TokenTypes = 2,
        HasAttentionMask = true,
        Targets = TargetKind.Sequence,
        Labels = 5,
    };

    [Fact]
    public void PairsArePaddedAndMasked()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Pairs);
        trainer.Batch.SetSource(1, [5, 6], padding: 1);
        trainer.Batch.SetTokens(1, [7, 8], padding: 1);
        trainer.Batch.SetTargets(1, [8, 2]);
        trainer.Batch.SetSource(0, [3, 3, 3, 3]);
        trainer.Batch.SetTokens(0, [4, 4, 4]);
        trainer.Batch.SetTargets(0, [1, 2, 3]);
        trainer.Forward();
        Assert.Equal([3, 3, 3, 3, 5, 6, 1, 1], trainer.SeenSources);
        Assert.Equal([1, 1, 1, 1, 1, 1, 0, 0], trainer.SeenSourceMask);
        Assert.Equal([4, 4, 4, 7, 8, 1], trainer.SeenTokens);
        Assert.Equal([1, 2, 3, 8, 2, -100], trainer.SeenTargets(6));

        trainer.Batch.IgnoreRow(0);
        trainer.Forward();
        Assert.Equal([0, 0, 0, 0, 1, 1, 0, 0], trainer.SeenSourceMask);
        Assert.Equal([-100, -100, -100, 8, 2, -100], trainer.SeenTargets(6));
    }

    [Fact]
    public void SequencesHaveOneTargetAndAnswersTwo()
    {
        using var weights = new TinyWeights();
        using (var trainer = new InputTrainer(weights, Classifier))
        {
            trainer.Batch.SetTokens(2, [8, 7, 6]);
            trainer.Batch.SetTokenTypes(2, [0, 1, 1]);
            trainer.Batch.SetTarget(2, 4);
            trainer.Batch.SetTarget(0, 1);
            trainer.Forward();
            Assert.Equal([1, 1, 1, 0], trainer.SeenAttentionMask[8..]);
            Assert.Equal([0, 1, 1, 0], trainer.SeenTokenTypes[8..]);
            Assert.Equal([1, -100, 4], trainer.SeenTargets(3));
        }

        using (var trainer = new InputTrainer(weights, Classifier with { Targets = TargetKind.Span, Labels = 0 }))
        {
            for (int row = 0; row < 3; row++) trainer.Batch.SetTargets(row, [row, row + 1]);
            trainer.Batch.IgnoreRow(1);
            trainer.Forward();
            Assert.Equal([0, -100, 2, 1, -100, 3], trainer.SeenTargets(6));
        }

        using (var trainer = new InputTrainer(weights, Classifier with { Targets = TargetKind.Values, Labels = 2 }))
        {
            trainer.Batch.SetTargetValues(0, [0.5f, 1]);
            trainer.Batch.IgnoreRow(2);
            trainer.Forward();
            Assert.Equal([0.5f, 1, 0, 0, float.NaN, float.NaN], trainer.SeenTargetValues(6));
        }
    }

    [Fact]
    public void WhatDoesNotFitARowIsAnError()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Classifier);
        Assert.StartsWith("Row 1 is given 5 tokens; it holds 4.", Assert.Throws<ArgumentException>(() => trainer.Batch.SetTokens(1, new int[5])).Message);
        Assert.StartsWith("Row 1 is given 2 targets; it has 1.", Assert.Throws<ArgumentException>(() => trainer.Batch.SetTargets(1, [1, 2])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Batch.SetTokens(3, []));
        Assert.Throws<InvalidOperationException>(() => trainer.Batch.SetSource(0, []));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(6)]
    [InlineData(1)]
    public void EveryEpochHasEveryExampleOnceAndIgnoresTheRest(int count)
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Classifier);
        int[] examples = [.. Enumerable.Range(0, count)];
        var batches = new ExampleBatches<int>(examples, 3, seed: 5, Write) { Padding = 8 };
        Assert.Equal((count + 2) / 3, batches.BatchesPerEpoch);
        var epochs = new List<int[]>();
        for (int epoch = 0; epoch < 3; epoch++)
        {
            var seen = new List<int>();
            for (int number = 0; number < batches.BatchesPerEpoch; number++)
            {
                batches.Fill((epoch * batches.BatchesPerEpoch) + number, trainer.Batch);
                for (int row = 0; row < 3; row++)
                {
                    if (trainer.Batch.Targets[row] != Labels.Ignored) seen.Add(trainer.Batch.Tokens[row * 4]);
                    else Assert.Equal([8, 8, 8, 8], trainer.Batch.Tokens.Slice(row * 4, 4));
                }
            }

            Assert.Equal(examples, seen.Order());
            epochs.Add([.. seen]);
        }

        if (count > 4) Assert.NotEqual(epochs[0], epochs[1]);
        batches = new ExampleBatches<int>(examples, 3, seed: 5, Write);
        batches.Fill(2 * batches.BatchesPerEpoch, trainer.Batch);
        Assert.Equal(epochs[2][0], trainer.Batch.Tokens[0]);
        new ExampleBatches<int>(examples, 3, Write).Fill(0, trainer.Batch);
        Assert.Equal(0, trainer.Batch.Tokens[0]);
        Assert.Throws<ArgumentException>(() => new ExampleBatches<int>(examples, 2, Write).Fill(0, trainer.Batch));

        static void Write(TrainingBatch batch, int row, int example, long place)
        {
            batch.SetTokens(row, [example]);
            batch.SetTarget(row, example % 5);
        }
    }

    [Fact]
    public void BatchesOfExamplesAllocateNothing()
    {
        using var weights = new TinyWeights();
        using var trainer = new InputTrainer(weights, Classifier);
        var batches = new ExampleBatches<int>([1, 2, 3, 4], 3, seed: 5, (batch, row, example, _) => batch.SetTokens(row, [example]));
        batches.Fill(0, trainer.Batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int number = 0; number < 10; number++) batches.Fill(number, trainer.Batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void BucketsHoldEveryExampleOnceInEachEpoch()
    {
        ExampleLength[] buckets = [new(4, 8), new(8, 4), new(16, 16)];
        var random = new Random(3);
        ExampleLength[] examples = [.. Enumerable.Range(0, 101).Select(_ => new ExampleLength(random.Next(1, 17), random.Next(1, 17)))];
        var sorted = new LengthBuckets(buckets, examples, batchSize: 4, seed: 1);
        Assert.Equal(Enumerable.Range(0, 101), Enumerable.Range(0, 3).SelectMany(sorted.Members).Order());
        Assert.All(sorted.Members(2), example => Assert.False(examples[example].Fits(buckets[0]) || examples[example].Fits(buckets[1])));
        Assert.Equal(Enumerable.Range(0, 3).Sum(bucket => (sorted.Members(bucket).Count + 3) / 4), sorted.BatchesPerEpoch);

        int[][] epochs = [Epoch(sorted, 0), Epoch(sorted, 1), Epoch(sorted, 0)];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 101), epoch.Order()));
        Assert.Equal(epochs[0], epochs[2]);
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.Equal(epochs[1], Epoch(new LengthBuckets(buckets, examples, 4, seed: 1), 1));
        Assert.NotEqual(epochs[1], Epoch(new LengthBuckets(buckets, examples, 4, seed: 2), 1));

        int[] Epoch(LengthBuckets data, int epoch)
        {
            var seen = new List<int>();
            int[] batch = new int[4];
            for (int number = 0; number < data.BatchesPerEpoch; number++)
            {
                BucketBatch of = data.Batch(((long)epoch * data.BatchesPerEpoch) + number, batch);
                Assert.All(batch[..of.Count], example => Assert.Contains(example, data.Members(of.Bucket)));
                Assert.All(batch[of.Count..], example => Assert.Equal(-1, example));
                seen.AddRange(batch[..of.Count]);
            }

            return [.. seen];
        }
    }

    [Fact]
    public void AnExampleThatFitsNoBucketIsNamed() => Assert.StartsWith(
        "Example 1 has 3 → 9 tokens and fits none of the buckets 4 → 4, 8 → 8.",
        Assert.Throws<ArgumentException>(() => new LengthBuckets([new(4, 4), new(8, 8)], [new(4, 4), new(9, 3)], 2, 0)).Message);

    [Fact]
    public void BucketsThatAreNoneAreNamed() => Assert.StartsWith(
        "Bucket 2 is not one of the 2, numbered from 0.",
        Assert.Throws<ArgumentOutOfRangeException>("bucket", () => new LengthBuckets([new(4), new(8)], [new(3)], 2, 0).Members(2)).Message);

    [Fact]
    public void SplitsKeepTheOrderAndLoseNothing()
    {
        int[] examples = [.. Enumerable.Range(0, 45)];
        (int[] training, int[] validation) = DataSplit.EveryKth(examples, 20);
        Assert.Equal([0, 20, 40], validation);
        Assert.Equal(examples.Except(validation), training);

        (training, validation) = DataSplit.ByFraction(examples, 0.25, seed: 7);
        Assert.Equal(11, validation.Length);
        Assert.Equal(validation.Order(), validation);
        Assert.Equal(examples.Except(validation), training);
        Assert.Equal(validation, DataSplit.ByFraction(examples, 0.25, seed: 7).Validation);
        Assert.NotEqual(validation, DataSplit.ByFraction(examples, 0.25, seed: 8).Validation);
        Assert.Equal(([], []), DataSplit.ByFraction(Array.Empty<int>(), 0.5, seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataSplit.EveryKth(examples, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataSplit.ByFraction(examples, 1, 0));
    }
    [Theory]
    [InlineData(40, 2, 0.1)]
    [InlineData(25, 2, 0.1)]
    [InlineData(97, 7, 0.29)]
    [InlineData(10, 9, 0.5)]
    [InlineData(3, 1, 0.0)]
    public void EachStratumGivesItsPart(int count, int strata, double fraction)
    {
        int[] examples = [.. Enumerable.Range(0, count)];
        for (ulong seed = 0; seed < 10; seed++)
        {
            (int[] training, int[] validation) = DataSplit.Stratified(examples, example => example % strata, fraction, seed);
            Assert.Equal((int)(count * fraction), validation.Length);
            Assert.Equal(validation.Order(), validation);
            Assert.Equal(examples.Except(validation), training);
            Assert.Equal(validation, DataSplit.Stratified(examples, example => example % strata, fraction, seed).Validation);
            for (int stratum = 0; stratum < strata; stratum++)
            {
                double part = fraction * examples.Count(example => example % strata == stratum);
                Assert.InRange(validation.Count(example => example % strata == stratum), (int)Math.Floor(part), (int)Math.Ceiling(part));
            }
        }
    }

    [Fact]
    public void StrataAreDrawnFromWithASeed()
    {
        int[] examples = [.. Enumerable.Range(0, 40)];
        int[][] drawn = [.. Enumerable.Range(0, 100).Select(seed => DataSplit.Stratified(examples, example => example % 2, 0.1, (ulong)seed).Validation)];
        Assert.Equal(examples, drawn.SelectMany(validation => validation).Distinct().Order());
        Assert.Equal(([], []), DataSplit.Stratified(Array.Empty<int>(), example => example, 0.5, seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataSplit.Stratified(examples, example => example, 1, 0));
    }
}

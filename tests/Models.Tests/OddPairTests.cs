using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Encoder–decoders of sizes and choices nobody tried agree with the plain reference, and their programs with each other.</summary>
public sealed class OddPairTests
{
    public static TheoryData<string> Names => [.. OddPairs.All.Keys];

    public static TheoryData<string> NamesWithoutDropout => [.. OddPairs.All.Keys.Where(name => name != nameof(OddPairs.Dropping))];

    [Theory]
    [MemberData(nameof(Names))]
    public void PrefillAndDecodeGiveTheReferencesLogits(string name)
    {
        OddPair model = OddPairs.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        var reference = new ReferenceModel(model.Type, weights);
        using IEncoderDecoderSession session = model.Session(weights, null);
        var inputs = new OddBatches(model.Type);
        Example[] rows = [.. Enumerable.Range(0, session.Batch).Select(row => Example(session, inputs, row))];
        double[][][] expected = [.. rows.Select(reference.Logits)];

        for (int row = 0; row < rows.Length; row++)
        {
            session.Encode(row, rows[row].Source, rows[row].SourceMask);
            session.Prefill(row, rows[row].Tokens.AsSpan(0, 2 + row));
            AssertLogits(row, 1 + row);
        }
        for (int step = 0; session.PositionOf(rows.Length - 1) < session.ContextLength; step++)
        {
            session.Decode([.. rows.Select((example, row) => example.Tokens[2 + row + step])]);
            for (int row = 0; row < rows.Length; row++) AssertLogits(row, 2 + row + step);
        }

        if (session.Batch > 1) return;
        var all = new float[session.ContextLength * session.VocabularySize];
        session.Reset();
        session.PrefillLogits(rows[0].Tokens, all);
        Agreement.Values("logits of all positions", ModelRuns.Floats(expected[0]), all);

        void AssertLogits(int row, int position) =>
            Agreement.Values($"row {row}, position {position}", ModelRuns.Floats([expected[row][position]]), session.LogitsOf(row));
    }

    [Theory]
    [MemberData(nameof(NamesWithoutDropout))]
    public void LossAndGradientsAreTheReferencesOwn(string name)
    {
        OddPair model = OddPairs.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using ModelTrainer trainer = model.Trainer(weights, new AdamW(), null);
        new OddBatches(model.Type).Fill(trainer.Batch, 2);
        ModelRuns.AssertLossAndGradients(model.Type, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheTrainersLossIsThatOfTheSessionsLogits(string name)
    {
        OddPair model = OddPairs.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        Example[] examples;
        int[][] targets;
        float loss;
        using (ModelTrainer trainer = model.Trainer(weights, new AdamW(), null))
        {
            new OddBatches(model.Type).Fill(trainer.Batch, 5);
            examples = Models.Tests.Example.Of(trainer.Batch);
            targets = [.. trainer.Batch.Targets.ToArray().Chunk(examples[0].Tokens.Length)];
            loss = trainer.Evaluate();
        }

        using IEncoderDecoderSession session = model.Session(weights, null);
        List<double> losses = [];
        for (int example = 0; example < examples.Length; example++)
        {
            for (int row = 0; row < session.Batch; row++) session.Encode(row, examples[example].Source, examples[example].SourceMask);
            for (int t = 0; t < targets[example].Length; t++)
            {
                session.Decode([.. Enumerable.Repeat(examples[example].Tokens[t], session.Batch)]);
                if (targets[example][t] == Labels.Ignored) continue;
                double[] logits = Array.ConvertAll(session.LogitsOf(session.Batch - 1).ToArray(), v => (double)v);
                losses.Add(ReferenceMath.LogSumExp(logits) - logits[targets[example][t]]);
            }
        }
        Agreement.Values("loss", [(float)losses.Average()], [loss]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ResultsDoNotDependOnTheNumberOfThreads(string name)
    {
        OddPair model = OddPairs.All[name];
        float[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using var team = new ComputeTeam(threads);
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            List<float> found = [];
            using (ModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, new TrainerOptions { Team = team, Seed = 7 }))
                ModelRuns.TrainThreeSteps(weights, trainer, new OddBatches(model.Type), found);
            using IEncoderDecoderSession session = model.Session(weights, team);
            for (int row = 0; row < session.Batch; row++)
            {
                Example example = Example(session, new OddBatches(model.Type), row);
                session.Encode(row, example.Source, example.SourceMask);
                session.Prefill(row, example.Tokens.AsSpan(0, 3));
            }
            session.Decode([.. Enumerable.Repeat(1, session.Batch)]);
            return (float[])[.. found, .. session.LogitsOf(0), .. session.LogitsOf(session.Batch - 1)];
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SourcesTokensAndStepsAllocateNothing(string name)
    {
        OddPair model = OddPairs.All[name];
        var inputs = new OddBatches(model.Type);
        using ModelWeights weights = model.Initialize(OddWeights.Seed);
        using (ModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, null))
        {
            inputs.Fill(trainer.Batch, 4);
            for (int step = 0; step < 3; step++) trainer.Step();
            Assert.Equal(0, ModelRuns.Allocated(() => trainer.Step()));
            Assert.Equal(0, ModelRuns.Allocated(() => trainer.Evaluate()));
        }
        using IEncoderDecoderSession session = model.Session(weights, null);
        int[] tokens = [.. Enumerable.Repeat(1, session.Batch)];
        Example example = Example(session, inputs, 0);
        for (int row = 0; row < session.Batch; row++) session.Encode(row, example.Source);
        Assert.Equal(0, ModelRuns.Allocated(() => session.Encode(0, example.Source, example.SourceMask)));
        Assert.Equal(0, ModelRuns.Allocated(() => session.Decode(tokens)));
        Assert.Equal(0, ModelRuns.Allocated(() => session.Broadcast(session.Batch - 1)));
    }

    /// <summary>A source, shorter in later rows and with a hole in the first that has three tokens, and tokens for the whole context.</summary>
    private static Example Example(IEncoderDecoderSession session, OddBatches inputs, int row)
    {
        int length = Math.Max(1, session.SourceLength - 3 * row);
        return new Example
        {
            Tokens = OddBatches.Tokens(session.ContextLength, session.VocabularySize, 20 + row),
            Source = OddBatches.Tokens(length, inputs.SourceVocabulary, 30 + row),
            SourceMask = [.. Enumerable.Range(0, length).Select(i => i == 2 && row == 0 ? 0 : 1)],
        };
    }
}

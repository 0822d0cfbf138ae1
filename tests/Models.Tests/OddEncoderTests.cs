using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Encoders of sizes and choices nobody tried agree with the plain reference: states, vectors, logits, loss and gradients.</summary>
public sealed class OddEncoderTests
{
    public static TheoryData<string> Names => [.. OddEncoders.All.Keys];

    public static TheoryData<string> TrainedNames => [.. OddEncoders.All.Where(model => model.Value.Trainer is not null).Select(model => model.Key)];

    public static TheoryData<string> NamesWithGradients => [.. OddEncoders.All
        .Where(model => model.Value.Trainer is not null && model.Key != nameof(OddEncoders.Dropping)).Select(model => model.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void StatesVectorsAndLogitsAreTheReferencesOwn(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        var reference = new ReferenceModel(model.Type, weights);
        var inputs = new OddBatches(model.Type);
        using IEncoder encoder = model.Encoder(weights, null);
        foreach (int length in Lengths(encoder, inputs))
        {
            Example[] examples = [.. Enumerable.Range(0, encoder.Batch).Select(row => inputs.Sequence(length, row))];
            ModelRuns.Encode(encoder, examples);
            ModelRuns.AssertResults(encoder, reference, inputs, examples, model.Type);
        }
    }

    [Theory]
    [MemberData(nameof(NamesWithGradients))]
    public void LossAndGradientsAreTheReferencesOwn(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using ModelTrainer trainer = model.Trainer!(weights, new AdamW(), null);
        new OddBatches(model.Type).Fill(trainer.Batch, 2);
        ModelRuns.AssertLossAndGradients(model.Type, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(TrainedNames))]
    public void ResultsDoNotDependOnTheNumberOfThreads(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        float[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using var team = new ComputeTeam(threads);
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            List<float> found = [];
            using (ModelTrainer trainer = model.Trainer!(weights, new AdamW { ClipNorm = 1 }, new TrainerOptions { Team = team, Seed = 7 }))
                ModelRuns.TrainThreeSteps(weights, trainer, new OddBatches(model.Type), found);
            using IEncoder encoder = model.Encoder(weights, team);
            var inputs = new OddBatches(model.Type);
            ModelRuns.Encode(encoder, [.. Enumerable.Range(0, encoder.Batch).Select(row => inputs.Sequence(encoder.SequenceLength, row))]);
            return (float[])[.. found, .. encoder.HiddenStates];
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void PassesAndStepsAllocateNothing(string name)
    {
        OddEncoder model = OddEncoders.All[name];
        var inputs = new OddBatches(model.Type);
        using ModelWeights weights = model.Initialize(OddWeights.Seed);
        if (model.Trainer is not null)
        {
            using ModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, null);
            inputs.Fill(trainer.Batch, 4);
            for (int step = 0; step < 3; step++) trainer.Step();
            Assert.Equal(0, ModelRuns.Allocated(() => trainer.Step()));
            Assert.Equal(0, ModelRuns.Allocated(() => trainer.Evaluate()));
        }
        using IEncoder encoder = model.Encoder(weights, null);
        Example[] examples = [.. Enumerable.Range(0, encoder.Batch).Select(row => inputs.Sequence(encoder.SequenceLength, row))];
        int[] tokens = [.. examples.SelectMany(e => e.Tokens)], mask = [.. examples.SelectMany(e => e.Mask ?? [])];
        float[] pixels = [.. examples.SelectMany(e => e.Pixels ?? [])];
        Assert.Equal(0, ModelRuns.Allocated(() =>
        {
            if (inputs.HasImages) encoder.Encode(pixels);
            else encoder.Encode(tokens, mask);
        }));
    }

    /// <summary>The whole length, one, and one between; images have no choice.</summary>
    private static int[] Lengths(IEncoder encoder, OddBatches inputs) =>
        inputs.HasImages ? [encoder.SequenceLength] : [encoder.SequenceLength, 1, encoder.SequenceLength / 2 + 1, encoder.SequenceLength];
}

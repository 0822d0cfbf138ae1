using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Sizes nobody tried agree with the plain reference: logits, loss, and the gradient of every parameter.</summary>
public sealed class OddModelTests
{
    private const ulong Seed = 7;

    public static TheoryData<string> Names => [.. OddModels.All.Keys];

    public static TheoryData<string> NamesWithoutDropout => [.. OddModels.All.Keys.Where(name => name != nameof(OddModels.Dropping))];

    [Theory]
    [MemberData(nameof(Names))]
    public void PrefillAndDecodeGiveTheReferencesLogits(string name)
    {
        (Type type, CompiledModel model) = OddModels.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using IDecoderSession session = model.Session(weights, null);
        int[] tokens = OddBatches.Tokens(session.ContextLength, session.VocabularySize, 1);
        double[][] expected = new ReferenceModel(type, weights).Logits(new Example { Tokens = tokens });

        var all = new float[tokens.Length * session.VocabularySize];
        session.PrefillLogits(tokens, all);
        for (int t = 0; t < tokens.Length; t++)
            Agreement.Values($"prefill {t}", Floats(expected[t]), all.AsSpan(t * session.VocabularySize, session.VocabularySize));

        session.Reset();
        session.Prefill(tokens.AsSpan(0, 3));
        for (int t = 3; t < tokens.Length; t++)
        {
            Agreement.Values($"decode {t - 1}", Floats(expected[t - 1]), session.Logits);
            session.Decode(tokens[t]);
        }
    }

    [Theory]
    [MemberData(nameof(NamesWithoutDropout))]
    public void LossAndGradientsAreTheReferencesOwn(string name)
    {
        (Type type, CompiledModel model) = OddModels.All[name];
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW(), null);
        (int[] inputs, int[] targets) = Batch(trainer, 2, Vocabulary(type));
        inputs.CopyTo(trainer.Batch.Tokens);
        targets.CopyTo(trainer.Batch.Targets);
        ModelRuns.AssertLossAndGradients(type, weights, trainer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ResultsDoNotDependOnTheNumberOfThreads(string name)
    {
        CompiledModel model = OddModels.All[name].Model;
        int vocabulary = Vocabulary(OddModels.All[name].Type);
        float[][] parameters = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using var team = new ComputeTeam(threads);
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            using (LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, new TrainerOptions { Team = team, Seed = Seed }))
            {
                (int[] inputs, int[] targets) = Batch(trainer, 3, vocabulary);
                for (int step = 0; step < 3; step++) trainer.Step(inputs, targets);
            }
            return weights.Names.SelectMany(tensor => OddWeights.Export(weights, tensor)).ToArray();
        })];
        Assert.Equal(parameters[0], parameters[1]);
        Assert.Equal(parameters[0], parameters[2]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AResumedRunEqualsTheUninterruptedOneBitByBit(string name)
    {
        CompiledModel model = OddModels.All[name].Model;
        int vocabulary = Vocabulary(OddModels.All[name].Type);
        string path = Path.Combine(Path.GetTempPath(), $"resume-{Guid.NewGuid():N}.safetensors");
        try
        {
            float[] uninterrupted = Run(0, 5, null);
            Run(0, 3, path);
            Assert.Equal(uninterrupted, Run(3, 5, path));
        }
        finally
        {
            File.Delete(path);
        }

        float[] Run(int first, int last, string? checkpoint)
        {
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            using (LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, new TrainerOptions { Seed = Seed }))
            {
                if (first > 0) trainer.LoadCheckpoint(checkpoint!);
                for (int step = first; step < last; step++)
                {
                    (int[] inputs, int[] targets) = Batch(trainer, step, vocabulary);
                    trainer.Step(inputs, targets);
                }
                if (first == 0 && checkpoint is not null) trainer.SaveCheckpoint(checkpoint);
            }
            return [.. weights.Names.SelectMany(tensor => OddWeights.Export(weights, tensor))];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StepsAndTokensAllocateNothing(string name)
    {
        (Type type, CompiledModel model) = OddModels.All[name];
        using ModelWeights weights = model.Initialize(Seed);
        using (LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, null))
        {
            (int[] inputs, int[] targets) = Batch(trainer, 4, Vocabulary(type));
            for (int step = 0; step < 3; step++) trainer.Step(inputs, targets);
            Assert.Equal(0, ModelRuns.Allocated(() => trainer.Step(inputs, targets)));
            Assert.Equal(0, ModelRuns.Allocated(() => trainer.Evaluate(inputs, targets)));
        }
        using IDecoderSession session = model.Session(weights, null);
        session.Prefill([1, 2]);
        session.Decode(3);
        Assert.Equal(0, ModelRuns.Allocated(() => session.Decode(4)));
    }

    [Fact]
    public void FrozenParametersStayAsTheyWere()
    {
        CompiledModel model = OddModels.All[nameof(OddModels.WideHeads)].Model;
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        var before = weights.Names.ToDictionary(name => name, name => OddWeights.Export(weights, name));
        using (LanguageModelTrainer trainer = model.Trainer(weights, new AdamW(), null))
        {
            (int[] inputs, int[] targets) = Batch(trainer, 5, Vocabulary(typeof(OddModels.WideHeads)));
            trainer.Step(inputs, targets);
        }
        foreach (string name in weights.Names)
        {
            bool isFrozen = name.StartsWith("layers.0.attention.", StringComparison.Ordinal) || name == "head.bias";
            Assert.Equal(isFrozen, before[name].AsSpan().SequenceEqual(OddWeights.Export(weights, name)));
        }
    }

    [Fact]
    public void DropoutChangesWithTheStepAndRepeatsWithTheSeed()
    {
        CompiledModel model = OddModels.All[nameof(OddModels.Dropping)].Model;
        int vocabulary = Vocabulary(typeof(OddModels.Dropping));
        float[] first = Losses(Seed), again = Losses(Seed), other = Losses(Seed + 1);
        Assert.Equal(first, again);
        Assert.NotEqual(first[0], other[0]);
        Assert.NotEqual(first[0], first[1]);

        float[] Losses(ulong seed)
        {
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { LearningRate = 0 }, new TrainerOptions { Seed = seed });
            (int[] inputs, int[] targets) = Batch(trainer, 6, vocabulary);
            return [trainer.Step(inputs, targets), trainer.Step(inputs, targets)];
        }
    }

    private static int Vocabulary(Type type) =>
        ((TransformerAttribute)type.GetCustomAttributes(typeof(TransformerAttribute), false)[0]).VocabularySize;

    private static (int[] Inputs, int[] Targets) Batch(ILanguageModelTrainer trainer, int seed, int vocabulary)
    {
        int[] inputs = OddBatches.Tokens(trainer.BatchSize * trainer.SequenceLength, vocabulary, seed);
        int[] targets = OddBatches.Tokens(inputs.Length, vocabulary, seed + 1000);
        targets[^1] = -100;
        targets[3] = -100;
        return (inputs, targets);
    }

    private static float[] Floats(double[] values) => Array.ConvertAll(values, v => (float)v);
}

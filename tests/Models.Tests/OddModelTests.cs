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
        using ModelWeights weights = Perturbed(model);
        using IDecoderSession session = model.Session(weights, null);
        int[] tokens = Tokens(session.ContextLength, session.VocabularySize, 1);
        double[][] expected = new ReferenceDecoder(type, weights).Logits(tokens);

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
        using ModelWeights weights = Perturbed(model);
        var reference = new ReferenceDecoder(type, weights);
        using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW(), null);
        (int[] inputs, int[] targets) = Batch(trainer, 2, Vocabulary(type));

        Agreement.Values("loss", [(float)reference.Loss(inputs, targets, trainer.SequenceLength)], [trainer.Forward(inputs, targets)]);
        trainer.Backward();

        foreach (CheckpointTensor tensor in weights.Layout.Tensors)
        {
            if (!weights.Layout.IsTrained(tensor)) continue;
            double[] values = reference.Weights[tensor.Name];
            var gradient = new float[values.Length];
            trainer.ExportGradient(tensor.Name, gradient);
            AssertDirections(tensor.Name, reference, values, gradient, () => reference.Loss(inputs, targets, trainer.SequenceLength));
        }
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
            using ModelWeights weights = Perturbed(model);
            using (LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, new TrainerOptions { Team = team, Seed = Seed }))
            {
                (int[] inputs, int[] targets) = Batch(trainer, 3, vocabulary);
                for (int step = 0; step < 3; step++) trainer.Step(inputs, targets);
            }
            return weights.Names.SelectMany(tensor => Export(weights, tensor)).ToArray();
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
            using ModelWeights weights = Perturbed(model);
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
            return [.. weights.Names.SelectMany(tensor => Export(weights, tensor))];
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
            Assert.Equal(0, Allocated(() => trainer.Step(inputs, targets)));
            Assert.Equal(0, Allocated(() => trainer.Evaluate(inputs, targets)));
        }
        using IDecoderSession session = model.Session(weights, null);
        session.Prefill([1, 2]);
        session.Decode(3);
        Assert.Equal(0, Allocated(() => session.Decode(4)));
    }

    [Fact]
    public void FrozenParametersStayAsTheyWere()
    {
        CompiledModel model = OddModels.All[nameof(OddModels.WideHeads)].Model;
        using ModelWeights weights = Perturbed(model);
        var before = weights.Names.ToDictionary(name => name, name => Export(weights, name));
        using (LanguageModelTrainer trainer = model.Trainer(weights, new AdamW(), null))
        {
            (int[] inputs, int[] targets) = Batch(trainer, 5, Vocabulary(typeof(OddModels.WideHeads)));
            trainer.Step(inputs, targets);
        }
        foreach (string name in weights.Names)
        {
            bool isFrozen = name.StartsWith("layers.0.attention.", StringComparison.Ordinal) || name == "head.bias";
            Assert.Equal(isFrozen, before[name].AsSpan().SequenceEqual(Export(weights, name)));
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
            using ModelWeights weights = Perturbed(model);
            using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { LearningRate = 0 }, new TrainerOptions { Seed = seed });
            (int[] inputs, int[] targets) = Batch(trainer, 6, vocabulary);
            return [trainer.Step(inputs, targets), trainer.Step(inputs, targets)];
        }
    }

    /// <summary>Central differences along random directions of one parameter, which all its elements enter.</summary>
    private static void AssertDirections(string name, ReferenceDecoder reference, double[] values, float[] gradient, Func<double> loss)
    {
        const double Step = 1e-6;
        var random = new Random(values.Length);
        double gradientNorm = Math.Sqrt(gradient.Sum(g => (double)g * g));
        for (int direction = 0; direction < 3; direction++)
        {
            double[] original = [.. values], along = [.. values.Select(_ => random.NextDouble() * 2 - 1)];
            double norm = Math.Sqrt(along.Sum(a => a * a));
            Move(Step / norm);
            double above = loss();
            Move(-Step / norm);
            double below = loss();
            original.CopyTo(values, 0);
            double expected = (above - below) / (2 * Step), actual = along.Zip(gradient, (a, g) => a / norm * g).Sum();
            Assert.True(
                Math.Abs(expected - actual) <= 1e-6 + 1e-3 * Math.Abs(expected) + 2e-4 * gradientNorm,
                $"{name}: the loss grows by {expected} along a direction, the gradient says {actual} (norm {gradientNorm}).");

            void Move(double by)
            {
                for (int i = 0; i < values.Length; i++) values[i] = original[i] + by * along[i];
            }
        }
    }

    /// <summary>Fresh weights with biases and norms moved off their starting values, so that each of them matters.</summary>
    private static ModelWeights Perturbed(CompiledModel model)
    {
        ModelWeights weights = model.Initialize(Seed);
        var random = new Random(11);
        foreach (string name in weights.Names)
        {
            float[] values = Export(weights, name);
            for (int i = 0; i < values.Length; i++) values[i] = values[i] + (random.NextSingle() - 0.5f) * 0.2f;
            weights.Import(name, values);
        }
        return weights;
    }

    private static float[] Export(ModelWeights weights, string name)
    {
        int count = 1;
        foreach (int dimension in weights.Shape(name)) count *= dimension;
        var values = new float[count];
        weights.Export(name, values);
        return values;
    }

    private static long Allocated(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int Vocabulary(Type type) =>
        ((TransformerAttribute)type.GetCustomAttributes(typeof(TransformerAttribute), false)[0]).VocabularySize;

    private static (int[] Inputs, int[] Targets) Batch(ILanguageModelTrainer trainer, int seed, int vocabulary)
    {
        int[] inputs = Tokens(trainer.BatchSize * trainer.SequenceLength, vocabulary, seed);
        int[] targets = Tokens(inputs.Length, vocabulary, seed + 1000);
        targets[^1] = -100;
        targets[3] = -100;
        return (inputs, targets);
    }

    private static int[] Tokens(int count, int vocabulary, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    private static float[] Floats(double[] values) => Array.ConvertAll(values, v => (float)v);
}

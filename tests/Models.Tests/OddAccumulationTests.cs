using System.Reflection;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Activations lie among the gradients where those are free, and beside them where they are not; no result shows which.</summary>
public sealed class OddAccumulationTests
{
    public static TheoryData<string> Names => [.. OddModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnEvaluationAmongMicroBatchesChangesNothing(string name)
    {
        (Type type, CompiledModel model) = OddModels.All[name];
        float[][] found = [.. new[] { false, true }.Select(evaluates =>
        {
            var values = new List<float>();
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { ClipNorm = 1 }, new TrainerOptions { Seed = 5 });
            for (int step = 0; step < 2; step++)
            {
                for (int microBatch = 0; microBatch < 3; microBatch++)
                {
                    Fill(trainer, type, 3 * step + microBatch);
                    values.Add(trainer.Forward());
                    trainer.Backward();
                    if (evaluates) trainer.Evaluate();
                }
                trainer.Update();
                values.Add((float)trainer.LastGradientNorm);
                values.AddRange(Gradients(weights, trainer));
                if (evaluates) trainer.Evaluate();
            }
            values.AddRange(weights.Names.SelectMany(tensor => OddWeights.Export(weights, tensor)));
            return values.ToArray();
        })];
        Assert.DoesNotContain(found[0], float.IsNaN);
        Assert.Equal(found[0], found[1]);
    }

    /// <summary>What the memory of gradients holds before the first micro-batch does not matter, between parameters neither.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public unsafe void TheFirstMicroBatchFindsAnything(string name)
    {
        (Type type, CompiledModel model) = OddModels.All[name];
        float[][] found = [.. new[] { 0f, float.NaN }.Select(before =>
        {
            using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
            using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW(), null);
            var property = typeof(ModelTrainer).GetProperty("Gradients", BindingFlags.Instance | BindingFlags.NonPublic)!;
            var storage = new Span<float>(((Pointer<float>)property.GetValue(trainer)!).Value, (int)weights.Layout.TrainedFloats);
            storage.Fill(before);
            Fill(trainer, type, 1);
            trainer.Forward();
            trainer.Backward();
            return storage.ToArray();
        })];
        Assert.Equal(found[0], found[1]);
        Assert.DoesNotContain(found[1], float.IsNaN);
    }

    [Fact]
    public void AGradientLastsUntilItsMemoryIsUsed()
    {
        (Type type, CompiledModel model) = OddModels.All.Values.First();
        using ModelWeights weights = OddWeights.Perturbed(model.Initialize);
        using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW(), null);
        Fill(trainer, type, 1);
        trainer.Forward();
        trainer.Backward();
        float[] gradients = Gradients(weights, trainer);
        trainer.Evaluate();
        Assert.Equal(gradients, Gradients(weights, trainer));
        trainer.Update();
        Assert.Equal(gradients, Gradients(weights, trainer));
        trainer.Evaluate();
        Assert.Throws<InvalidOperationException>(() => Gradients(weights, trainer));
    }

    private static void Fill(LanguageModelTrainer trainer, Type type, int seed)
    {
        int vocabulary = type.GetCustomAttribute<TransformerAttribute>()!.VocabularySize;
        OddBatches.Tokens(trainer.Batch.Tokens.Length, vocabulary, seed).CopyTo(trainer.Batch.Tokens);
        OddBatches.Tokens(trainer.Batch.Targets.Length, vocabulary, seed + 100).CopyTo(trainer.Batch.Targets);
    }

    private static float[] Gradients(ModelWeights weights, LanguageModelTrainer trainer) => [.. weights.Names.Where(tensor => weights.Layout.IsTrained(weights.Layout.Tensor(tensor))).SelectMany(tensor =>
    {
        var gradient = new float[OddWeights.Export(weights, tensor).Length];
        trainer.ExportGradient(tensor, gradient);
        return gradient;
    })];
}

using System.Globalization;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Training steps of GPTs of many sizes.</summary>
internal static class TrainingGrowth
{
    private const int Vocabulary = 65;
    private static readonly StepSizes _basis = new(Layers: 6, Width: 256, Batch: 4, Sequence: 64);
    private static readonly StepVariations _variations = new(
        Layers: [3, 6, 12, 24], Widths: [128, 256, 512, 1024], Batches: [1, 2, 4, 8], Sequences: [32, 64, 128, 256]);

    public static void Run(CompareContext context) => StepGrowth.Run(context, "training step", _basis, _variations, Declare, (models, sizes) => Start(context, models, sizes));

    private static string Declare(StepSizes sizes) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        [Transformer(VocabularySize = {Vocabulary}, ContextLength = {sizes.Sequence}, DModel = {sizes.Width}, Heads = {sizes.Heads}, Layers = {sizes.Layers})]
        [Training(BatchSize = {sizes.Batch}, SequenceLength = {sizes.Sequence})]
        public sealed partial class {sizes.Model};
        """);

    private static MeasuredStep Start(CompareContext context, ModelCompilation models, StepSizes sizes)
    {
        ModelWeights weights = models.Weights(sizes.Model);
        ILanguageModelTrainer trainer = models.Trainer(sizes.Model, weights, new AdamW { LearningRate = 1e-4 }, context.Team);
        int[] inputs = [.. Enumerable.Range(0, sizes.Batch * sizes.Sequence).Select(i => i * 7 % Vocabulary)], targets = [.. inputs.Select(token => (token + 7) % Vocabulary)];
        return new MeasuredStep(() => trainer.Step(inputs, targets), GigaFlops(sizes), trainer, weights);
    }

    /// <summary>A backward pass has twice the operations of the forward pass; a token sees half of its sequence.</summary>
    private static double GigaFlops(StepSizes sizes) => 3 * sizes.ForwardGigaFlops((sizes.Sequence + 1) / 2.0);
}

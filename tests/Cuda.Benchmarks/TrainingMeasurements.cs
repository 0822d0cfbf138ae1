using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>Whole steps of training: forward, backward, the clipped gradient's norm, AdamW. The host waits for each loss.</summary>
internal static class TrainingMeasurements
{
    public static void Run(DeviceClock clock, DevicePeaks? peaks, MeasurementTable table)
    {
        foreach (TrainedModel model in clock.Sizes.Trained.Where(model => Hardware.PrecisionsOf(clock.Context.Device).Contains(model.Precision)))
        {
            using ModelWeights weights = model.Initialize();
            long free = clock.Context.FreeMemory;
            using LanguageModelTrainer trainer = model.Trainer(weights, new AdamW { LearningRate = 1e-4, WeightDecay = 0.1, ClipNorm = 1 }, clock.Context);
            int tokens = trainer.BatchSize * trainer.SequenceLength;
            int[] text = [.. Enumerable.Range(0, tokens + 1).Select(i => (int)((i * 7919L + 11) % model.Sizes.VocabularySize))];
            text.AsSpan(0, tokens).CopyTo(trainer.Batch.Tokens);
            text.AsSpan(1).CopyTo(trainer.Batch.Targets);
            float loss = trainer.Step();
            table.Note($"{model.Name}, {model.Precision}: training takes {MeasurementTable.Number((free - clock.Context.FreeMemory) / 1e9)} GB of the device's memory.");
            double seconds = clock.Steps(clock.Sizes.Steps, () => { }, () => loss = trainer.Step());
            if (!float.IsFinite(loss)) throw new InvalidOperationException($"{model.Name}, {model.Precision}: the loss is {loss}.");
            table.AddOperations(
                $"training step, {model.Name}, {trainer.BatchSize} x {trainer.SequenceLength} tokens", model.Precision, seconds,
                tokens * model.Sizes.TrainingOperationsPerToken(trainer.SequenceLength), peaks, $"{MeasurementTable.Number(tokens / seconds)} tokens/s, ");
        }
    }
}

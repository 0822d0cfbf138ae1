using System.Diagnostics;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>
/// Tokens after a prompt, the likeliest each time, one sequence: drawn on the device, and waited for before the next. A token reads all weights once, which the device's
/// memory bounds.
/// </summary>
internal static class DecodeMeasurements
{
    public static void Run(DeviceClock clock, DevicePeaks? peaks, MeasurementTable table)
    {
        BenchmarkSizes sizes = clock.Sizes;
        foreach (DecodedModel model in sizes.Decoded)
        {
            using ModelWeights weights = model.Initialize();
            long start = Stopwatch.GetTimestamp();
            using IDecoderSession session = model.Session(weights, clock.Context);
            int[] prompt = [.. Enumerable.Range(0, sizes.Prompt).Select(i => i * 31 % session.VocabularySize)];
            Begin();
            int token = session.Next(prompt[0], Sampler.Greedy);
            double ready = Stopwatch.GetElapsedTime(start).TotalSeconds;
            table.Note($"{model.Name}: {MeasurementTable.Number(ready)} s from weights on the host to the first token; the driver compiles the module, unless it has kept it from an earlier run.");

            double seconds = clock.Steps(sizes.Tokens, Begin, () => token = session.Next(token, Sampler.Greedy));
            double bytes = (double)weights.Layout.Floats * sizeof(float);
            string rate = $"{MeasurementTable.Number(1 / seconds)} tokens/s, {MeasurementTable.Number(bytes / seconds / 1e9)} GB/s";
            table.Add(new Measurement($"decode, {model.Name}, after {sizes.Prompt} tokens", Precision.Float32, seconds, rate, bytes / seconds / (peaks?.Bandwidth * 1e9)));

            void Begin()
            {
                session.Reset();
                session.Prefill(prompt);
            }
        }
    }
}

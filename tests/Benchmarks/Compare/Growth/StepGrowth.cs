using System.Globalization;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Measures a step at several sizes in turn, one size growing at a time, and tells the curves.</summary>
internal static class StepGrowth
{
    private const int MinimumSteps = 3;

    /// <summary>Layers, widths, batches and sequences about a base; each list holds sizes that grow.</summary>
    public static void Run(
        CompareContext context, string name, StepSizes basis, StepVariations variations, Func<StepSizes, string> declare, Func<ModelCompilation, StepSizes, MeasuredStep> start)
    {
        Curve("layers", [.. variations.Layers.Select(layers => basis with { Layers = layers })], sizes => sizes.Layers);
        Curve("d_model", [.. variations.Widths.Select(width => basis with { Width = width })], sizes => sizes.Width);
        Curve("batch", [.. variations.Batches.Select(batch => basis with { Batch = batch })], sizes => sizes.Batch);
        Curve("tokens", [.. variations.Sequences.Select(sequence => basis with { Sequence = sequence })], sizes => sizes.Sequence);

        void Curve(string size, StepSizes[] points, Func<StepSizes, int> grown)
        {
            ModelCompilation models = ModelCompilation.Of(string.Join('\n', points.Select(declare)));
            MeasuredStep[] steps = [.. points.Select(sizes => start(models, sizes))];
            Timing.Interleave([.. steps.Select(step => step.Timing)], context.Duration / 8, MinimumSteps);
            context.Add(new GrowthCurve(
                string.Create(CultureInfo.InvariantCulture, $"{name}: {size} (of layers {basis.Layers}, d {basis.Width}, batch {basis.Batch}, tokens {basis.Sequence})"),
                size,
                "GFLOP",
                "ms",
                context.Threads,
                [.. points.Zip(steps, (sizes, step) => new GrowthPoint(grown(sizes), step.GigaFlops, step.Timing.Median * 1e3))]));
            foreach (MeasuredStep step in steps) step.Dispose();
        }
    }
}

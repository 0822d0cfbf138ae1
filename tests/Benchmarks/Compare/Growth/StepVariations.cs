namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>The sizes that a step is measured at, while the others stay.</summary>
internal sealed record StepVariations(int[] Layers, int[] Widths, int[] Batches, int[] Sequences);

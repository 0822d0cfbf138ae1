namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>What one size costs.</summary>
/// <param name="Size">Layers, a width, tokens: what grows.</param>
/// <param name="Work">What has to be done at that size, in the curve's unit of work.</param>
/// <param name="Cost">What it takes, in the curve's unit.</param>
internal readonly record struct GrowthPoint(double Size, double Work, double Cost);

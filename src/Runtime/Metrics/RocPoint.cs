namespace Transformer.Compiled.Metrics;

/// <summary>What a threshold does: scores at or above it are called positive.</summary>
/// <param name="Threshold">The threshold; ∞ for the first point, where nothing is called positive.</param>
/// <param name="FalsePositiveRate">The part of negatives that are called positive, in [0, 1].</param>
/// <param name="TruePositiveRate">The part of positives that are called positive, in [0, 1].</param>
public readonly record struct RocPoint(double Threshold, double FalsePositiveRate, double TruePositiveRate);

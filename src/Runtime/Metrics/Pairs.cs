namespace Transformer.Compiled.Metrics;

internal static class Pairs
{
    /// <exception cref="ArgumentException">The numbers differ.</exception>
    public static void ThrowIfLengthsDiffer(int predictions, int targets)
    {
        if (predictions != targets) throw new ArgumentException($"There are {predictions} predictions and {targets} targets.");
    }
}

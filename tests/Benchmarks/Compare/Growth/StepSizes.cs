using System.Globalization;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>The sizes of a model and its step; the feed-forward part is four times as wide as the model.</summary>
internal sealed record StepSizes(int Layers, int Width, int Batch, int Sequence)
{
    /// <summary>Width of a head.</summary>
    public const int HeadWidth = 64;

    private const int FeedForwardFactor = 4;

    public string Model => string.Create(CultureInfo.InvariantCulture, $"Model{Layers}x{Width}x{Batch}x{Sequence}");

    public int Heads => Width / HeadWidth;

    /// <summary>Floating-point operations of the layers' forward pass over a batch in which each token sees so many others on average.</summary>
    public double ForwardGigaFlops(double seen)
    {
        double tokens = (double)Batch * Sequence, weights = (4.0 + (2 * FeedForwardFactor)) * Width * Width;
        return 2e-9 * Layers * tokens * (weights + (2 * seen * Width));
    }
}

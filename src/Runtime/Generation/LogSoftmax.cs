using System.Numerics.Tensors;

namespace Transformer.Compiled.Generation;

/// <summary>Log-probabilities of tokens: log softmax(logits)[i] = logits[i] − log Σ exp(logits), the sum taken relative to the highest logit.</summary>
internal static class LogSoftmax
{
    /// <summary>log Σ exp(logits), summed in double.</summary>
    /// <param name="logits">[vocabulary]; −∞ has probability 0.</param>
    /// <param name="scratch">[vocabulary]; its contents are lost.</param>
    /// <exception cref="ArgumentException">A logit is NaN or +∞, or all are −∞.</exception>
    public static double Normalizer(ReadOnlySpan<float> logits, Span<float> scratch)
    {
        float highest = TensorPrimitives.Max(logits);
        if (!float.IsFinite(highest)) throw new ArgumentException($"The highest logit is {highest}: tokens have no probabilities.", nameof(logits));
        TensorPrimitives.Subtract(logits, highest, scratch);
        TensorPrimitives.Exp(scratch, scratch);
        double sum = 0;
        foreach (float weight in scratch) sum += weight;
        return highest + Math.Log(sum);
    }
}

using System.Numerics.Tensors;

namespace Transformer.Compiled.Models.Sentences;

/// <summary>How alike sentences are.</summary>
internal static class Similarity
{
    /// <summary>The cosine of the angle between two embeddings, in [−1, 1]; 0 if one of them is 0.</summary>
    public static double Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double norms = (double)TensorPrimitives.Norm(first) * TensorPrimitives.Norm(second);
        return norms > 0 ? Math.Clamp(TensorPrimitives.Dot(first, second) / norms, -1, 1) : 0;
    }

    /// <summary>The numbers of embeddings in the order of their likeness to one, the likest first; of equally like ones the first.</summary>
    public static IReadOnlyList<(int Number, double Cosine)> Rank(float[] query, IReadOnlyList<float[]> embeddings) =>
        [.. embeddings.Select((embedding, number) => (number, Cosine(query, embedding))).OrderByDescending(pair => pair.Item2)];
}

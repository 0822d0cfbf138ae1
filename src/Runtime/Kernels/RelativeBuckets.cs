using System.ComponentModel;

namespace Transformer.Compiled.Kernels;

/// <summary>
/// The buckets of distances between a query and a key (Raffel et al. 2020): of those of a direction the first half have one distance each,
/// the others are as wide as the logarithm of the distance says, and the last has all distances from <paramref name="MaxDistance"/> on.
/// Where not <paramref name="Causal"/>, the first half of all buckets is for keys up to the query and the second for keys after it;
/// otherwise keys after the query are in bucket 0.
/// </summary>
/// <param name="Count">The number of buckets.</param>
/// <param name="MaxDistance">Above half the buckets of a direction.</param>
/// <param name="Causal">Whether only keys up to the query are told apart.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RelativeBuckets(int Count, int MaxDistance, bool Causal)
{
    /// <summary>The buckets of one direction.</summary>
    internal int PerDirection => Causal ? Count : Count / 2;

    /// <summary>The bucket, among those of its direction, of a distance's magnitude; in single precision, as in Hugging Face's library.</summary>
    internal int Of(int magnitude)
    {
        int exact = PerDirection / 2;
        if (magnitude < exact) return magnitude;
        float logarithm = (float)PortableMath.Log((float)magnitude / exact);
        float share = logarithm / (float)PortableMath.Log((double)MaxDistance / exact);
        return Math.Min(PerDirection - 1, exact + (int)(share * (PerDirection - exact)));
    }

    /// <summary>One past the last magnitude that is in the bucket of <paramref name="magnitude"/>, at most <paramref name="length"/>.</summary>
    internal int EndOf(int magnitude, int length)
    {
        int bucket = Of(magnitude);
        if (bucket == PerDirection - 1) return length;
        if (magnitude < PerDirection / 2) return magnitude + 1;
        (int inside, int outside) = (magnitude, Math.Max(magnitude + 1, MaxDistance));
        while (outside - inside > 1)
        {
            int middle = inside + ((outside - inside) / 2);
            if (Of(middle) == bucket) inside = middle;
            else outside = middle;
        }

        return Math.Min(length, outside);
    }
}

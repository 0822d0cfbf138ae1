namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Buckets of distances.</summary>
/// <param name="Count">Of all buckets.</param>
/// <param name="MaxDistance">From which on distances share the last bucket.</param>
/// <param name="Sides">2 where keys after the query have buckets of their own, else 1: they share bucket 0.</param>
/// <param name="Length">One past the greatest magnitude of a distance.</param>
internal readonly record struct BucketShape(int Count, int MaxDistance, int Sides, int Length)
{
    /// <summary>The buckets of one direction.</summary>
    public int PerSide => Count / Sides;

    /// <summary>Distances in both directions.</summary>
    public int Distances => 2 * Length - 1;

    public override string ToString() => $"{Length}x{Count}_{MaxDistance}{(Sides == 1 ? "_Causal" : "")}";
}

/// <summary>
/// The buckets of distances between a query and a key, as the run-time's <c>RelativeBuckets</c>, known when the kernel is written: of those of a
/// direction each begins at some magnitude and ends where the next does.
/// </summary>
internal sealed class DistanceBuckets
{
    private readonly BucketShape _shape;
    private readonly int[] _starts;

    public DistanceBuckets(BucketShape shape)
    {
        _shape = shape;
        _starts = [.. Enumerable.Repeat(shape.Length, shape.PerSide + 1)];
        for (int magnitude = shape.Length - 1; magnitude >= 0; magnitude--) _starts[Of(magnitude)] = magnitude;
        for (int bucket = shape.PerSide - 1; bucket >= 0; bucket--) _starts[bucket] = Math.Min(_starts[bucket], _starts[bucket + 1]);
    }

    /// <summary>The first magnitude of a bucket of one direction; the next bucket's where it has none. The bucket behind the last begins at the length.</summary>
    public int Start(int bucket) => _starts[bucket];

    /// <summary>The bucket of a magnitude among those of a direction.</summary>
    public U32 Of(PtxBuilder k, U32 magnitude)
    {
        int exact = _shape.PerSide / 2;
        U32 wide = exact;
        for (int bucket = exact + 1; bucket < _shape.PerSide && Start(bucket) < _shape.Length; bucket++)
            wide = k.Add(wide, k.Select(k.AtLeast(magnitude, Start(bucket)), (U32)1, (U32)0));
        return k.Select(k.Less(magnitude, exact), magnitude, wide);
    }

    /// <summary>The magnitudes of a bucket of a direction: the first, and one past the last.</summary>
    public (U32 Start, U32 End) Range(PtxBuilder k, U32 bucket)
    {
        U32 start = 0, end = 0;
        for (int i = 0; i < _shape.PerSide; i++)
        {
            if (Start(i) == Start(i + 1)) continue;
            Predicate isOwn = k.AreEqual(bucket, i);
            (start, end) = (k.Select(isOwn, (U32)Start(i), start), k.Select(isOwn, (U32)Start(i + 1), end));
        }

        return (start, end);
    }

    /// <summary>In single precision where the run-time's is.</summary>
    private int Of(int magnitude)
    {
        int exact = _shape.PerSide / 2;
        if (magnitude < exact) return magnitude;
        float logarithm = (float)Math.Log((float)magnitude / exact), greatest = (float)Math.Log((double)_shape.MaxDistance / exact);
        return Math.Min(_shape.PerSide - 1, exact + (int)(logarithm / greatest * (_shape.PerSide - exact)));
    }
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Sums over a block in one order: a tree over the lanes of a warp, then the warps one after the other.</summary>
internal static class BlockSum
{
    private const int WarpSize = 32;

    /// <summary>The sums over all threads of the block of each value, known to all threads; every thread takes part.</summary>
    public static F32[] Of(PtxBuilder k, string name, params F32[] values) => Combine(k, name, values, (a, b) => k.Add(a, b));

    /// <summary>As <see cref="Of"/>, with another operation, which is commutative.</summary>
    public static F32[] Combine(PtxBuilder k, string name, F32[] values, Func<F32, F32, F32> combine)
    {
        F32[] ofWarp = [.. values.Select(value => OfWarp(k, value, combine))];
        int warps = k.Threads / WarpSize;
        if (warps == 1) return ofWarp;
        SharedAddress parts = k.Shared(name, values.Length * warps);
        k.If(k.AreEqual(k.And(k.Thread, WarpSize - 1), 0), () =>
        {
            SharedAddress own = k.Element(parts, k.ShiftRight(k.Thread, 5));
            for (int i = 0; i < values.Length; i++) k.Store(own.Plus(i * warps), ofWarp[i]);
        });
        k.Barrier();
        return [.. Enumerable.Range(0, values.Length).Select(i => InOrder(k, parts.Plus(i * warps), warps, combine))];
    }

    /// <summary>Over the lanes of a warp, known to all of them.</summary>
    public static F32 OfWarp(PtxBuilder k, F32 value, Func<F32, F32, F32> combine)
    {
        for (int mask = WarpSize / 2; mask > 0; mask /= 2) value = combine(value, k.ShuffleXor(value, mask));
        return value;
    }

    private static F32 InOrder(PtxBuilder k, SharedAddress parts, int count, Func<F32, F32, F32> combine)
    {
        F32 result = k.Load(parts);
        for (int part = 1; part < count; part++) result = combine(result, k.Load(parts.Plus(part)));
        return result;
    }
}

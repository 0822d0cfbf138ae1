namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// A tile of scores, some queries times some keys, and the square of threads that works on it. In products a thread has a few neighbouring
/// rows and keys that are as far apart as threads go across; between products a few neighbouring threads share a query.
/// </summary>
/// <param name="Queries">Queries of a tile: a multiple of 16.</param>
/// <param name="Keys">Keys of a tile: likewise.</param>
/// <param name="Side">Threads down and across.</param>
internal readonly record struct AttentionTiling(int Queries, int Keys, int Side)
{
    /// <summary>Sequences no longer than this have small tiles: more blocks, and less waste.</summary>
    private const int ShortSequence = 64;

    /// <summary>Wider heads have half as many rows of accumulators, so that these stay in registers.</summary>
    private const int WideHead = 128;

    /// <summary>Four more than the keys: threads that share a warp and not a query use banks of their own.</summary>
    private const int Padding = 4;

    public int Threads => Side * Side;

    /// <summary>Queries of a thread in products.</summary>
    public int QueriesOfThread => Queries / Side;

    /// <summary>Keys of a thread in products.</summary>
    public int KeysOfThread => Keys / Side;

    /// <summary>Threads that share a query between products: 4 or 8 lanes of a warp.</summary>
    public int LanesOfQuery => Threads / Queries;

    /// <summary>Floats from one query of a tile in shared memory to the next.</summary>
    public int Stride => Keys + Padding;

    /// <summary>Floats of a tile in shared memory.</summary>
    public int Floats => Queries * Stride;

    /// <summary>For sums over keys, of which each query has its own.</summary>
    public static AttentionTiling OfQueries(int queries, int keys, int widest) => Of(queries, keys, new(widest > WideHead ? 32 : 64, 64, 16));

    /// <summary>For sums over queries, of which each key has its own.</summary>
    public static AttentionTiling OfKeys(int queries, int keys, int widest) => Of(queries, keys, new(64, widest > WideHead ? 32 : 64, 16));

    private static AttentionTiling Of(int queries, int keys, AttentionTiling large) => Math.Max(queries, keys) <= ShortSequence ? new(16, 16, 8) : large;
}

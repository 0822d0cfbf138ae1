using Transformer.Compiled.Kernels.Tiles;

namespace Transformer.Compiled.Kernels;

/// <summary>Where the right factor B of a product comes from.</summary>
internal unsafe interface IRightFactor
{
    /// <summary>The fewest rows that are worth fetching a stretch of B for.</summary>
    static abstract int RowsPerTask { get; }

    /// <summary>Hands out rows [firstDepth, endDepth) of the columns of some panels, as panels.</summary>
    /// <param name="weight">A weight [N, K] in panels.</param>
    /// <param name="firstPanel">The first panel of B's columns.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="firstDepth">A multiple of 16.</param>
    /// <param name="endDepth">The end of the rows.</param>
    /// <param name="scratch">Room for the panels.</param>
    /// <param name="panelStride">The floats from one panel to the next.</param>
    static abstract float* Fetch(float* weight, int firstPanel, int columns, int firstDepth, int endDepth, float* scratch, out nint panelStride);

    /// <summary>The rows from <paramref name="firstDepth"/> on of a panel that <see cref="Fetch"/> hands out as it lies; null where it copies.</summary>
    static abstract float* Stored(float* weight, int panel, int firstDepth);

    /// <summary>What <see cref="Fetch"/> would copy; nothing where it copies nothing.</summary>
    static abstract MemoryRuns Source(float* weight, int firstPanel, int columns, int firstDepth, int endDepth);
}

/// <summary>B[k, n] is the weight's element (n, k): its panels are used where they lie.</summary>
internal readonly unsafe struct StoredPanels<TK> : IRightFactor
    where TK : struct, IDimension
{
    public static int RowsPerTask => 64;

    public static float* Fetch(float* weight, int firstPanel, int columns, int firstDepth, int endDepth, float* scratch, out nint panelStride)
    {
        panelStride = (nint)TK.Value * 16;
        return Stored(weight, firstPanel, firstDepth);
    }

    public static MemoryRuns Source(float* weight, int firstPanel, int columns, int firstDepth, int endDepth) => default;

    public static float* Stored(float* weight, int panel, int firstDepth) => weight + ((nint)panel * TK.Value + firstDepth) * 16;
}

/// <summary>B[n, k] is the weight's element (n, k): its panels are transposed in squares of 16.</summary>
internal readonly unsafe struct TransposedPanels<TK> : IRightFactor
    where TK : struct, IDimension
{
    public static int RowsPerTask => 512;

    public static float* Fetch(float* weight, int firstPanel, int columns, int firstDepth, int endDepth, float* scratch, out nint panelStride)
    {
        int depthPanels = (endDepth - firstDepth + 15) / 16;
        panelStride = depthPanels * 256;
        PanelPacking.Transpose(weight + ((nint)firstDepth / 16 * TK.Value + firstPanel * 16) * 16, TK.Value, depthPanels, columns, scratch);
        return scratch;
    }

    public static MemoryRuns Source(float* weight, int firstPanel, int columns, int firstDepth, int endDepth) =>
        new(weight + ((nint)firstDepth / 16 * TK.Value + firstPanel * 16) * 16, (endDepth - firstDepth + 15) / 16, (nint)TK.Value * 16, columns * 16);

    public static float* Stored(float* weight, int panel, int firstDepth) => null;
}

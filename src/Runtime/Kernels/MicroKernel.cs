using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

// The one inner loop of all matrix products: C = initial + A · B for a tile of C that lives in registers.
//   A: up to 8 rows, read where it lies, one broadcast for each element; its strides are constants of the machine code.
//   B: up to 4 vectors of columns, in panels of 16 columns: element (k, column) at column / 16 · panelStride + k · 16 + column % 16.
//   C: element (row, column) at row · rowStride + column / 16 · columnStride + column % 16; initial likewise, or none for zeros.
// Tile sizes are type parameters: the compiler drops the accumulators, loads and stores that a smaller tile has no use for.
// The full tiles fill the register file: 8 rows × 3 vectors of 512 bits, 6 × 2 of 256, 4 × 4 of 128; few rows take more panels at once.
// Every element is summed over k in order by one accumulator, so that a result does not depend on the tile it was computed in.

/// <summary>Register tiles of a matrix product.</summary>
internal static unsafe class MicroKernel<TSimd, V, TStrides>
    where TSimd : struct, ISimd<V>
    where V : struct
    where TStrides : struct, IMatrixStrides
{
    public const int PanelWidth = 16;

    /// <summary>The most rows a tile has.</summary>
    public static int MaximumRows => TSimd.Width switch { 16 => 8, 8 => 6, _ => 4 };

    /// <summary>The panels that a tile of so many rows spans where there are enough of them.</summary>
    private static int PanelsFor(int rows) => TSimd.Width switch { 16 => rows <= 2 ? 4 : 3, 8 => rows <= 2 ? 2 : 1, _ => 1 };

    /// <summary>Computes <paramref name="rows"/> (at most <see cref="MaximumRows"/>) × <paramref name="panels"/> · 16 elements.</summary>
    public static void Run(int rows, int panels, float* a, float* b, nint panelStride, int depth, float* initial, float* c, nint rowStride, nint columnStride)
    {
        int widest = PanelsFor(rows);
        while (true)
        {
            int width = Math.Min(panels, widest);
            switch (width)
            {
                case 1: Run<One>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
                case 2 when TSimd.Width >= 8: Run<Two>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
                case 3 when TSimd.Width == 16: Run<Three>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
                case 4 when TSimd.Width == 16: Run<Four>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
                default: throw new ArgumentOutOfRangeException(nameof(panels));
            }
            panels -= width;
            if (panels == 0) return;

            b += width * panelStride;
            c += width * columnStride;
            if (initial != null) initial += width * columnStride;
        }
    }

    private static void Run<TPanels>(int rows, float* a, float* b, nint panelStride, int depth, float* initial, float* c, nint rowStride, nint columnStride)
        where TPanels : struct, IDimension
    {
        bool isWide = TPanels.Value > PanelsFor(MaximumRows);
        switch (rows)
        {
            case 1: Tile<One, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            case 2: Tile<Two, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            case 3 when !isWide: Tile<Three, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            case 4 when !isWide: Tile<Four, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            case 5 when !isWide && MaximumRows > 4: Tile<Five, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            case 6 when !isWide && MaximumRows > 4: Tile<Six, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            case 7 when !isWide && MaximumRows > 6: Tile<Seven, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            case 8 when !isWide && MaximumRows > 6: Tile<Eight, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride); break;
            default: throw new ArgumentOutOfRangeException(nameof(rows));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TPanels>(float* a, float* b, nint panelStride, int depth, float* initial, float* c, nint rowStride, nint columnStride)
        where TRows : struct, IDimension
        where TPanels : struct, IDimension
    {
        TileRow row0 = default, row1 = default, row2 = default, row3 = default, row4 = default, row5 = default, row6 = default, row7 = default;
        for (; depth > 0; depth--)
        {
            TileRow vectors = default;
            Load<TPanels>(ref vectors, b, panelStride);
            MultiplyAdd<TPanels>(ref row0, a, vectors);
            if (TRows.Value > 1) MultiplyAdd<TPanels>(ref row1, a + TStrides.Row, vectors);
            if (TRows.Value > 2) MultiplyAdd<TPanels>(ref row2, a + 2 * TStrides.Row, vectors);
            if (TRows.Value > 3) MultiplyAdd<TPanels>(ref row3, a + 3 * TStrides.Row, vectors);
            if (TRows.Value > 4) MultiplyAdd<TPanels>(ref row4, a + 4 * TStrides.Row, vectors);
            if (TRows.Value > 5) MultiplyAdd<TPanels>(ref row5, a + 5 * TStrides.Row, vectors);
            if (TRows.Value > 6) MultiplyAdd<TPanels>(ref row6, a + 6 * TStrides.Row, vectors);
            if (TRows.Value > 7) MultiplyAdd<TPanels>(ref row7, a + 7 * TStrides.Row, vectors);
            a += TStrides.Depth;
            b += PanelWidth;
        }

        if (initial != null)
        {
            Add<TPanels>(ref row0, initial, columnStride);
            if (TRows.Value > 1) Add<TPanels>(ref row1, initial + rowStride, columnStride);
            if (TRows.Value > 2) Add<TPanels>(ref row2, initial + 2 * rowStride, columnStride);
            if (TRows.Value > 3) Add<TPanels>(ref row3, initial + 3 * rowStride, columnStride);
            if (TRows.Value > 4) Add<TPanels>(ref row4, initial + 4 * rowStride, columnStride);
            if (TRows.Value > 5) Add<TPanels>(ref row5, initial + 5 * rowStride, columnStride);
            if (TRows.Value > 6) Add<TPanels>(ref row6, initial + 6 * rowStride, columnStride);
            if (TRows.Value > 7) Add<TPanels>(ref row7, initial + 7 * rowStride, columnStride);
        }
        Store<TPanels>(row0, c, columnStride);
        if (TRows.Value > 1) Store<TPanels>(row1, c + rowStride, columnStride);
        if (TRows.Value > 2) Store<TPanels>(row2, c + 2 * rowStride, columnStride);
        if (TRows.Value > 3) Store<TPanels>(row3, c + 3 * rowStride, columnStride);
        if (TRows.Value > 4) Store<TPanels>(row4, c + 4 * rowStride, columnStride);
        if (TRows.Value > 5) Store<TPanels>(row5, c + 5 * rowStride, columnStride);
        if (TRows.Value > 6) Store<TPanels>(row6, c + 6 * rowStride, columnStride);
        if (TRows.Value > 7) Store<TPanels>(row7, c + 7 * rowStride, columnStride);
    }

    private static int Vectors<TPanels>()
        where TPanels : struct, IDimension => TPanels.Value * PanelWidth / TSimd.Width;

    /// <summary>Where a vector of columns begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Offset(int vector, nint panelStride) => vector * TSimd.Width / PanelWidth * panelStride + vector * TSimd.Width % PanelWidth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TPanels>(ref TileRow row, float* source, nint panelStride)
        where TPanels : struct, IDimension
    {
        row.Vector0 = TSimd.Load(source);
        if (Vectors<TPanels>() > 1) row.Vector1 = TSimd.Load(source + Offset(1, panelStride));
        if (Vectors<TPanels>() > 2) row.Vector2 = TSimd.Load(source + Offset(2, panelStride));
        if (Vectors<TPanels>() > 3) row.Vector3 = TSimd.Load(source + Offset(3, panelStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd<TPanels>(ref TileRow row, float* a, in TileRow vectors)
        where TPanels : struct, IDimension
    {
        V factor = TSimd.Broadcast(*a);
        row.Vector0 = TSimd.MultiplyAdd(factor, vectors.Vector0, row.Vector0);
        if (Vectors<TPanels>() > 1) row.Vector1 = TSimd.MultiplyAdd(factor, vectors.Vector1, row.Vector1);
        if (Vectors<TPanels>() > 2) row.Vector2 = TSimd.MultiplyAdd(factor, vectors.Vector2, row.Vector2);
        if (Vectors<TPanels>() > 3) row.Vector3 = TSimd.MultiplyAdd(factor, vectors.Vector3, row.Vector3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TPanels>(ref TileRow row, float* source, nint columnStride)
        where TPanels : struct, IDimension
    {
        row.Vector0 = TSimd.Add(row.Vector0, TSimd.Load(source));
        if (Vectors<TPanels>() > 1) row.Vector1 = TSimd.Add(row.Vector1, TSimd.Load(source + Offset(1, columnStride)));
        if (Vectors<TPanels>() > 2) row.Vector2 = TSimd.Add(row.Vector2, TSimd.Load(source + Offset(2, columnStride)));
        if (Vectors<TPanels>() > 3) row.Vector3 = TSimd.Add(row.Vector3, TSimd.Load(source + Offset(3, columnStride)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TPanels>(in TileRow row, float* destination, nint columnStride)
        where TPanels : struct, IDimension
    {
        TSimd.Store(destination, row.Vector0);
        if (Vectors<TPanels>() > 1) TSimd.Store(destination + Offset(1, columnStride), row.Vector1);
        if (Vectors<TPanels>() > 2) TSimd.Store(destination + Offset(2, columnStride), row.Vector2);
        if (Vectors<TPanels>() > 3) TSimd.Store(destination + Offset(3, columnStride), row.Vector3);
    }

    /// <summary>One row of a tile; at most four fields, so that the compiler keeps each in a register.</summary>
    private struct TileRow
    {
        public V Vector0;
        public V Vector1;
        public V Vector2;
        public V Vector3;
    }
}

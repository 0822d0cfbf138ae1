using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
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
    public static int PanelsFor(int rows) => TSimd.Width switch { 16 => rows <= 2 ? 4 : 3, 8 => rows <= 2 ? 2 : 1, _ => 1 };

    /// <summary>Computes <paramref name="rows"/> (at most <see cref="MaximumRows"/>) × <paramref name="panels"/> · 16 elements.</summary>
    /// <remarks>With each line of b's first panel, the line that lies <paramref name="ahead"/> floats after it is asked for: memory answers while the tile is computed.</remarks>
    public static void Run(int rows, int panels, float* a, float* b, nint panelStride, int depth, float* initial, float* c, nint rowStride, nint columnStride, nint ahead = 0)
    {
        int widest = PanelsFor(rows);
        while (true)
        {
            int width = Math.Min(panels, widest);
            switch (width)
            {
                case 1: Run<One>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
                case 2 when TSimd.Width >= 8: Run<Two>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
                case 3 when TSimd.Width == 16: Run<Three>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
                case 4 when TSimd.Width == 16: Run<Four>(rows, a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
                default: throw new ArgumentOutOfRangeException(nameof(panels));
            }
            panels -= width;
            if (panels == 0) return;

            b += width * panelStride;
            c += width * columnStride;
            if (initial != null) initial += width * columnStride;
        }
    }

    private static void Run<TPanels>(int rows, float* a, float* b, nint panelStride, int depth, float* initial, float* c, nint rowStride, nint columnStride, nint ahead)
        where TPanels : struct, IDimension
    {
        bool isWide = TPanels.Value > PanelsFor(MaximumRows);
        switch (rows)
        {
            case 1: Tile<One, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            case 2: Tile<Two, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            case 3 when !isWide: Tile<Three, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            case 4 when !isWide: Tile<Four, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            case 5 when !isWide && MaximumRows > 4: Tile<Five, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            case 6 when !isWide && MaximumRows > 4: Tile<Six, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            case 7 when !isWide && MaximumRows > 6: Tile<Seven, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            case 8 when !isWide && MaximumRows > 6: Tile<Eight, TPanels>(a, b, panelStride, depth, initial, c, rowStride, columnStride, ahead); break;
            default: throw new ArgumentOutOfRangeException(nameof(rows));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TPanels>(float* a, float* b, nint panelStride, int depth, float* initial, float* c, nint rowStride, nint columnStride, nint ahead)
        where TRows : struct, IDimension
        where TPanels : struct, IDimension
    {
        int vectors = TPanels.Value * PanelWidth / TSimd.Width;
        nint b1 = Offset(1, panelStride), b2 = Offset(2, panelStride), b3 = Offset(3, panelStride);
        V c00 = TSimd.Zero, c01 = TSimd.Zero, c02 = TSimd.Zero, c03 = TSimd.Zero;
        V c10 = TSimd.Zero, c11 = TSimd.Zero, c12 = TSimd.Zero, c13 = TSimd.Zero;
        V c20 = TSimd.Zero, c21 = TSimd.Zero, c22 = TSimd.Zero, c23 = TSimd.Zero;
        V c30 = TSimd.Zero, c31 = TSimd.Zero, c32 = TSimd.Zero, c33 = TSimd.Zero;
        V c40 = TSimd.Zero, c41 = TSimd.Zero, c42 = TSimd.Zero;
        V c50 = TSimd.Zero, c51 = TSimd.Zero, c52 = TSimd.Zero;
        V c60 = TSimd.Zero, c61 = TSimd.Zero, c62 = TSimd.Zero;
        V c70 = TSimd.Zero, c71 = TSimd.Zero, c72 = TSimd.Zero;
        bool asksForB = TRows.Value > 2 && TStrides.Ahead == 0 && Sse.IsSupported;
        for (float* end = b + (nint)depth * PanelWidth; b < end; b += PanelWidth)
        {
            if (asksForB) Sse.Prefetch1(b + ahead);
            V column0 = TSimd.Load(b), column1 = TSimd.Zero, column2 = TSimd.Zero, column3 = TSimd.Zero;
            if (vectors > 1) column1 = TSimd.Load(b + b1);
            if (vectors > 2) column2 = TSimd.Load(b + b2);
            if (vectors > 3) column3 = TSimd.Load(b + b3);

            if (TStrides.Ahead > 0 && Sse.IsSupported) Sse.Prefetch0(a + TStrides.Ahead);
            V row = TSimd.Broadcast(a[0]);
            c00 = TSimd.MultiplyAdd(row, column0, c00);
            if (vectors > 1) c01 = TSimd.MultiplyAdd(row, column1, c01);
            if (vectors > 2) c02 = TSimd.MultiplyAdd(row, column2, c02);
            if (vectors > 3) c03 = TSimd.MultiplyAdd(row, column3, c03);
            if (TRows.Value > 1)
            {
                row = TSimd.Broadcast(a[TStrides.Row]);
                c10 = TSimd.MultiplyAdd(row, column0, c10);
                if (vectors > 1) c11 = TSimd.MultiplyAdd(row, column1, c11);
                if (vectors > 2) c12 = TSimd.MultiplyAdd(row, column2, c12);
                if (vectors > 3) c13 = TSimd.MultiplyAdd(row, column3, c13);
            }
            if (TRows.Value > 2)
            {
                row = TSimd.Broadcast(a[2 * TStrides.Row]);
                c20 = TSimd.MultiplyAdd(row, column0, c20);
                if (vectors > 1) c21 = TSimd.MultiplyAdd(row, column1, c21);
                if (vectors > 2) c22 = TSimd.MultiplyAdd(row, column2, c22);
                if (vectors > 3) c23 = TSimd.MultiplyAdd(row, column3, c23);
            }
            if (TRows.Value > 3)
            {
                row = TSimd.Broadcast(a[3 * TStrides.Row]);
                c30 = TSimd.MultiplyAdd(row, column0, c30);
                if (vectors > 1) c31 = TSimd.MultiplyAdd(row, column1, c31);
                if (vectors > 2) c32 = TSimd.MultiplyAdd(row, column2, c32);
                if (vectors > 3) c33 = TSimd.MultiplyAdd(row, column3, c33);
            }
            if (TRows.Value > 4)
            {
                row = TSimd.Broadcast(a[4 * TStrides.Row]);
                c40 = TSimd.MultiplyAdd(row, column0, c40);
                if (vectors > 1) c41 = TSimd.MultiplyAdd(row, column1, c41);
                if (vectors > 2) c42 = TSimd.MultiplyAdd(row, column2, c42);
            }
            if (TRows.Value > 5)
            {
                row = TSimd.Broadcast(a[5 * TStrides.Row]);
                c50 = TSimd.MultiplyAdd(row, column0, c50);
                if (vectors > 1) c51 = TSimd.MultiplyAdd(row, column1, c51);
                if (vectors > 2) c52 = TSimd.MultiplyAdd(row, column2, c52);
            }
            if (TRows.Value > 6)
            {
                row = TSimd.Broadcast(a[6 * TStrides.Row]);
                c60 = TSimd.MultiplyAdd(row, column0, c60);
                if (vectors > 1) c61 = TSimd.MultiplyAdd(row, column1, c61);
                if (vectors > 2) c62 = TSimd.MultiplyAdd(row, column2, c62);
            }
            if (TRows.Value > 7)
            {
                row = TSimd.Broadcast(a[7 * TStrides.Row]);
                c70 = TSimd.MultiplyAdd(row, column0, c70);
                if (vectors > 1) c71 = TSimd.MultiplyAdd(row, column1, c71);
                if (vectors > 2) c72 = TSimd.MultiplyAdd(row, column2, c72);
            }
            a += TStrides.Depth;
        }

        Write<TPanels>(initial == null ? null : initial, c, columnStride, c00, c01, c02, c03);
        if (TRows.Value > 1) Write<TPanels>(initial == null ? null : initial + rowStride, c + rowStride, columnStride, c10, c11, c12, c13);
        if (TRows.Value > 2) Write<TPanels>(initial == null ? null : initial + 2 * rowStride, c + 2 * rowStride, columnStride, c20, c21, c22, c23);
        if (TRows.Value > 3) Write<TPanels>(initial == null ? null : initial + 3 * rowStride, c + 3 * rowStride, columnStride, c30, c31, c32, c33);
        if (TRows.Value > 4) Write<TPanels>(initial == null ? null : initial + 4 * rowStride, c + 4 * rowStride, columnStride, c40, c41, c42, TSimd.Zero);
        if (TRows.Value > 5) Write<TPanels>(initial == null ? null : initial + 5 * rowStride, c + 5 * rowStride, columnStride, c50, c51, c52, TSimd.Zero);
        if (TRows.Value > 6) Write<TPanels>(initial == null ? null : initial + 6 * rowStride, c + 6 * rowStride, columnStride, c60, c61, c62, TSimd.Zero);
        if (TRows.Value > 7) Write<TPanels>(initial == null ? null : initial + 7 * rowStride, c + 7 * rowStride, columnStride, c70, c71, c72, TSimd.Zero);
    }

    /// <summary>Where a vector of columns begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Offset(int vector, nint panelStride) => vector * TSimd.Width / PanelWidth * panelStride + vector * TSimd.Width % PanelWidth;

    /// <summary>Writes one row of a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TPanels>(float* initial, float* c, nint columnStride, V value0, V value1, V value2, V value3)
        where TPanels : struct, IDimension
    {
        int vectors = TPanels.Value * PanelWidth / TSimd.Width;
        nint c1 = Offset(1, columnStride), c2 = Offset(2, columnStride), c3 = Offset(3, columnStride);
        if (initial != null)
        {
            value0 = TSimd.Add(value0, TSimd.Load(initial));
            if (vectors > 1) value1 = TSimd.Add(value1, TSimd.Load(initial + c1));
            if (vectors > 2) value2 = TSimd.Add(value2, TSimd.Load(initial + c2));
            if (vectors > 3) value3 = TSimd.Add(value3, TSimd.Load(initial + c3));
        }
        TSimd.Store(c, value0);
        if (vectors > 1) TSimd.Store(c + c1, value1);
        if (vectors > 2) TSimd.Store(c + c2, value2);
        if (vectors > 3) TSimd.Store(c + c3, value3);
    }
}

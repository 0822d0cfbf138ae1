using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels.Tiles;

// The two ways in which rows of head vectors x[rows, N] (row stride s) become the right operand of a product:
//
//   Transposed   for X·Kᵀ: columns are rows of x.  element (k, n) = x[n, k] at (n/16)·N·16 + k·16 + n%16
//   Rows         for P·V : columns are N.          element (k, n) = x[k, n] at (n/16)·capacity·16 + k·16 + n%16
//
// Lanes past the last row or column are zero. N is a constant; RoundUp(N) is the width of the padded rows.

/// <summary>Packs head vectors into panels of 16 and moves padded rows back.</summary>
internal static unsafe class HeadPanels
{
    public const int Width = 16;

    /// <summary>Rows that are asked for ahead.</summary>
    private const int Ahead = 16;

    internal static int RoundUp(int count) => (count + Width - 1) & -Width;

    internal static void Transposed<TN>(float* source, nint stride, int rows, float* panels)
        where TN : struct, IDimension
    {
        for (; rows > 0; rows -= Width, source += Width * stride, panels += TN.Value * Width)
        {
            for (int row = 0; row < Math.Min(rows - Width, Width); row++) Prefetch<TN>(source + (Width + row) * stride);
            if (rows < Width) new Span<float>(panels, TN.Value * Width).Clear();
            TransposePanel<TN>(source, stride, Math.Min(rows, Width), panels);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Rows<TSimd, V, TN>(float* source, nint stride, int rows, int capacity, float* panels)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TN : struct, IDimension
    {
        for (int row = 0; row < rows; row++, source += stride, panels += Width)
        {
            float* to = panels;
            Prefetch<TN>(source + Ahead * stride);
            for (int n = 0; n < TN.Value; n += Width, to += (nint)capacity * Width)
            {
                for (int lane = 0; lane < Width; lane += TSimd.Width)
                    TSimd.Store(to + lane, LoadColumns<TSimd, V, TN>(source, n + lane));
            }
        }
    }

    /// <summary>destination[rows, N] = source[rows, RoundUp(N)].</summary>
    internal static void CopyOut<TSimd, V, TN>(float* source, int rows, float* destination, nint stride)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TN : struct, IDimension
    {
        for (int row = 0; row < rows; row++, source += RoundUp(TN.Value), destination += stride)
        {
            for (int n = 0; n < TN.Value; n += TSimd.Width) StoreColumns<TSimd, V, TN>(destination, n, TSimd.Load(source + n));
        }
    }

    /// <summary>destination[rows, N] += source[rows, RoundUp(N)].</summary>
    internal static void AddOut<TSimd, V, TN>(float* source, int rows, float* destination, nint stride)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TN : struct, IDimension
    {
        for (int row = 0; row < rows; row++, source += RoundUp(TN.Value), destination += stride)
        {
            for (int n = 0; n < TN.Value; n += TSimd.Width)
                StoreColumns<TSimd, V, TN>(destination, n, TSimd.Add(LoadColumns<TSimd, V, TN>(destination, n), TSimd.Load(source + n)));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void TransposePanel<TN>(float* source, nint stride, int rows, float* panel)
        where TN : struct, IDimension
    {
        int row = 0;
        for (; row + 8 <= rows; row += 8, source += 8 * stride, panel += 8)
        {
            int n = 0;
            for (; n + 4 <= TN.Value; n += 4) PanelPacking.TransposeEight(source + n, stride, panel + n * Width);
            for (; n < TN.Value; n++)
            {
                for (int lane = 0; lane < 8; lane++) panel[n * Width + lane] = source[lane * stride + n];
            }
        }
        for (; row < rows; row++, source += stride, panel++)
        {
            for (int n = 0; n < TN.Value; n++) panel[n * Width] = source[n];
        }
    }

    /// <summary>Asks for a row, which may lie past the last: rows are far apart, so that no hardware foresees them; nothing where there is no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Prefetch<TN>(float* row)
        where TN : struct, IDimension
    {
        if (!Sse.IsSupported) return;
        for (int n = 0; n < TN.Value; n += Width) Sse.Prefetch0(row + n);
    }

    /// <summary>Elements n … of a row of N, zeros past the row's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V LoadColumns<TSimd, V, TN>(float* row, int n)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TN : struct, IDimension
    {
        if (n + TSimd.Width <= TN.Value) return TSimd.Load(row + n);
        return n < TN.Value ? TSimd.LoadPartial(row + n, TN.Value - n) : TSimd.Zero;
    }

    /// <summary>Stores elements n … of a row of N, nothing past the row's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreColumns<TSimd, V, TN>(float* row, int n, V value)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TN : struct, IDimension
    {
        if (n + TSimd.Width <= TN.Value) TSimd.Store(row + n, value);
        else TSimd.StorePartial(row + n, value, TN.Value - n);
    }
}

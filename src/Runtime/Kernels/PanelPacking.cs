using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

/// <summary>Brings the right factor of a product into panels of 16 columns: element (k, column) at (column / 16 · depth + k) · 16 + column % 16.</summary>
internal static unsafe class PanelPacking
{
    private const int Width = 16;
    private const int Square = Width * Width;

    /// <summary>Copies <paramref name="depth"/> rows of <paramref name="columns"/> columns into whole panels; lanes past the columns become zero.</summary>
    public static void Copy<TSimd, V>(float* source, nint rowStride, int depth, int columns, float* panels)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        nint panelStride = (nint)depth * Width;
        for (int k = 0; k < depth; k++, source += rowStride, panels += Width)
        {
            float* panel = panels;
            int column = 0;
            for (; column <= columns - Width; column += Width, panel += panelStride) CopyWidth<TSimd, V>(source + column, panel);
            for (int lane = 0; column + lane < columns; lane++) panel[lane] = source[column + lane];
            for (int lane = columns - column; lane < Width && column < columns; lane++) panel[lane] = 0f;
        }
    }

    /// <summary>
    /// Transposes a stretch of stored panels, whose lanes run along the depth, into panels whose lanes are the columns:
    /// (k, column) comes from source[(k / 16 · sourceRows + column) · 16 + k % 16].
    /// </summary>
    /// <param name="source">The stored panels at the first column and at a depth that is a multiple of 16.</param>
    /// <param name="sourceRows">The rows of a stored panel.</param>
    /// <param name="depthPanels">The depth in sixteens: whole panels are read and written, the last one's pad included.</param>
    /// <param name="columns">The number of columns; lanes past them become zero.</param>
    /// <param name="panels">The panels to write, 16 · depthPanels deep.</param>
    public static void Transpose(float* source, nint sourceRows, int depthPanels, int columns, float* panels)
    {
        float* edge = stackalloc float[Square];
        nint panelStride = (nint)depthPanels * Square;
        for (int depthPanel = 0; depthPanel < depthPanels; depthPanel++, source += sourceRows * Width, panels += Square)
        {
            float* panel = panels;
            int column = 0;
            for (; column <= columns - Width; column += Width, panel += panelStride) TransposeSquare(source + column * Width, panel);
            if (column == columns) continue;

            int floats = (columns - column) * Width;
            new Span<float>(source + column * Width, floats).CopyTo(new Span<float>(edge, Square));
            new Span<float>(edge + floats, Square - floats).Clear();
            TransposeSquare(edge, panel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyWidth<TSimd, V>(float* source, float* destination)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        for (int column = 0; column < Width; column += TSimd.Width) TSimd.Store(destination + column, TSimd.Load(source + column));
    }

    /// <summary>Transposes 16 × 16 floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeSquare(float* source, float* destination)
    {
        for (int column = 0; column < Width; column += 4)
        {
            TransposeEight(source + column, Width, destination + column * Width);
            TransposeEight(source + column + 8 * Width, Width, destination + column * Width + 8);
        }
    }

    /// <summary>Transposes eight rows of four floats into eight lanes of a panel: rows 0–3 fill the lower halves of vectors and rows 4–7 the upper ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TransposeEight(float* source, nint stride, float* destination)
    {
        Vector256<float> row0 = LoadPair(source, stride);
        Vector256<float> row1 = LoadPair(source + stride, stride);
        Vector256<float> row2 = LoadPair(source + 2 * stride, stride);
        Vector256<float> row3 = LoadPair(source + 3 * stride, stride);
        Vector256<float> even0 = InterleaveLow(row0, row2);
        Vector256<float> even1 = InterleaveHigh(row0, row2);
        Vector256<float> odd0 = InterleaveLow(row1, row3);
        Vector256<float> odd1 = InterleaveHigh(row1, row3);
        InterleaveLow(even0, odd0).Store(destination);
        InterleaveHigh(even0, odd0).Store(destination + Width);
        InterleaveLow(even1, odd1).Store(destination + 2 * Width);
        InterleaveHigh(even1, odd1).Store(destination + 3 * Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadPair(float* source, nint stride) => Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> InterleaveLow(Vector256<float> left, Vector256<float> right)
    {
        if (Avx.IsSupported) return Avx.UnpackLow(left, right);
        return Vector256.Create(InterleaveLow(left.GetLower(), right.GetLower()), InterleaveLow(left.GetUpper(), right.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> InterleaveHigh(Vector256<float> left, Vector256<float> right)
    {
        if (Avx.IsSupported) return Avx.UnpackHigh(left, right);
        return Vector256.Create(InterleaveHigh(left.GetLower(), right.GetLower()), InterleaveHigh(left.GetUpper(), right.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> left, Vector128<float> right)
    {
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipLow(left, right);
        return Vector128.Create(left[0], right[0], left[1], right[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> left, Vector128<float> right)
    {
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipHigh(left, right);
        return Vector128.Create(left[2], right[2], left[3], right[3]);
    }
}

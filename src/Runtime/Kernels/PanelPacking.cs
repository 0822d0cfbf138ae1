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

    /// <summary>Copies <paramref name="depth"/> rows of <paramref name="columns"/> columns into whole panels; lanes past the columns become zero.</summary>
    public static void Copy<TSimd, V>(float* source, nint rowStride, int depth, int columns, float* panels)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        for (; columns > 0; columns -= Width, source += Width)
        {
            float* row = source;
            for (int k = 0; k < depth; k++, row += rowStride, panels += Width)
            {
                if (columns >= Width) CopyRow<TSimd, V>(row, panels);
                else CopyPartialRow(row, columns, panels);
            }
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
        float* edge = stackalloc float[Width * Width];
        for (; columns > 0; columns -= Width, source += Width * Width)
        {
            for (int panel = 0; panel < depthPanels; panel++, panels += Width * Width)
            {
                float* square = source + panel * sourceRows * Width;
                if (columns < Width)
                {
                    new Span<float>(square, columns * Width).CopyTo(new Span<float>(edge, Width * Width));
                    new Span<float>(edge + columns * Width, (Width - columns) * Width).Clear();
                    square = edge;
                }
                TransposeSquare(square, panels);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow<TSimd, V>(float* source, float* destination)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        for (int column = 0; column < Width; column += TSimd.Width) TSimd.Store(destination + column, TSimd.Load(source + column));
    }

    private static void CopyPartialRow(float* source, int columns, float* destination)
    {
        for (int column = 0; column < Width; column++) destination[column] = column < columns ? source[column] : 0f;
    }

    /// <summary>Transposes 16 × 16 floats, four rows of four at a time.</summary>
    private static void TransposeSquare(float* source, float* destination)
    {
        for (int row = 0; row < Width; row += 4)
        {
            for (int column = 0; column < Width; column += 4) TransposeFour(source + row * Width + column, destination + column * Width + row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(float* source, float* destination)
    {
        Vector128<float> row0 = Vector128.Load(source);
        Vector128<float> row1 = Vector128.Load(source + Width);
        Vector128<float> row2 = Vector128.Load(source + 2 * Width);
        Vector128<float> row3 = Vector128.Load(source + 3 * Width);
        Vector128<float> even0 = InterleaveLow(row0, row2);
        Vector128<float> even1 = InterleaveHigh(row0, row2);
        Vector128<float> odd0 = InterleaveLow(row1, row3);
        Vector128<float> odd1 = InterleaveHigh(row1, row3);
        InterleaveLow(even0, odd0).Store(destination);
        InterleaveHigh(even0, odd0).Store(destination + Width);
        InterleaveLow(even1, odd1).Store(destination + 2 * Width);
        InterleaveHigh(even1, odd1).Store(destination + 3 * Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> left, Vector128<float> right)
    {
        if (Sse.IsSupported) return Sse.UnpackLow(left, right);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipLow(left, right);
        return Vector128.Create(left[0], right[0], left[1], right[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> left, Vector128<float> right)
    {
        if (Sse.IsSupported) return Sse.UnpackHigh(left, right);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipHigh(left, right);
        return Vector128.Create(left[2], right[2], left[3], right[3]);
    }
}

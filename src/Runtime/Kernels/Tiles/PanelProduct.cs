using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels.Tiles;

// C[rows, columns] = A[rows, depth] · B[depth, columns]   (Write)   or   C += A · B   (Add)
//
// A has the constant strides of TStrides, so that a matrix and its transpose are read where they are. B is in panels of 16
// columns: element (k, n) at b + n/16 · panelStride + k · 16 + n%16. C is row-major; columns is a multiple of 16.

/// <summary>Products of small matrices that lie in caches: a grid of <see cref="MicroKernel{TSimd, V, TStrides}"/> tiles of nearly equal size.</summary>
internal static unsafe class PanelProduct<TSimd, V, TStrides>
    where TSimd : struct, ISimd<V>
    where V : struct
    where TStrides : struct, IMatrixStrides
{
    public static void Write(float* a, float* b, nint panelStride, int rows, int depth, int columns, float* c, nint rowStride) =>
        Run(a, b, panelStride, rows, depth, columns, null, c, rowStride);

    public static void Add(float* a, float* b, nint panelStride, int rows, int depth, int columns, float* c, nint rowStride) =>
        Run(a, b, panelStride, rows, depth, columns, c, c, rowStride);

    private static void Run(float* a, float* b, nint panelStride, int rows, int depth, int columns, float* initial, float* c, nint rowStride)
    {
        int panels = columns / HeadPanels.Width;
        int strips = Parts(rows, MicroKernel<TSimd, V, TStrides>.MaximumRows);
        int groups = Parts(panels, MicroKernel<TSimd, V, TStrides>.PanelsFor(Parts(rows, strips)));
        for (int group = 0; group < groups; group++)
        {
            int panel = Part(group, groups, panels);
            int panelCount = Part(group + 1, groups, panels) - panel;
            for (int strip = 0; strip < strips; strip++)
            {
                int row = Part(strip, strips, rows);
                nint offset = row * rowStride + panel * HeadPanels.Width;
                MicroKernel<TSimd, V, TStrides>.Run(
                    Part(strip + 1, strips, rows) - row, panelCount, a + (nint)row * TStrides.Row, b + panel * panelStride, panelStride, depth,
                    initial == null ? null : initial + offset, c + offset, rowStride, HeadPanels.Width);
            }
        }
    }

    private static int Parts(int count, int size) => (count + size - 1) / size;

    /// <summary>Where a part begins of so many nearly equal ones.</summary>
    private static int Part(int part, int parts, int count) => (int)((long)part * count / parts);
}

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
        (int stripRows, int longerStrips) = Math.DivRem(rows, strips);
        int groups = Parts(panels, MicroKernel<TSimd, V, TStrides>.PanelsFor(longerStrips == 0 ? stripRows : stripRows + 1));
        (int groupPanels, int widerGroups) = Math.DivRem(panels, groups);
        for (int group = 0; group < groups; group++)
        {
            int panelCount = group < widerGroups ? groupPanels + 1 : groupPanels;
            float* stripA = a;
            nint offset = 0;
            for (int strip = 0; strip < strips; strip++)
            {
                int rowCount = strip < longerStrips ? stripRows + 1 : stripRows;
                MicroKernel<TSimd, V, TStrides>.Run(
                    rowCount, panelCount, stripA, b, panelStride, depth, initial == null ? null : initial + offset, c + offset, rowStride, HeadPanels.Width);
                stripA += (nint)rowCount * TStrides.Row;
                offset += rowCount * rowStride;
            }
            b += panelCount * panelStride;
            c += panelCount * HeadPanels.Width;
            if (initial != null) initial += panelCount * HeadPanels.Width;
        }
    }

    private static int Parts(int count, int size) => (count + size - 1) / size;
}

using System.ComponentModel;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Kernels;

// y[b, i] = x[b·n + i, 0]        y[B + b, i] = x[b·n + i, 1]        n = rows / B

/// <summary>The start and end logits of answers, apart: a moment's work, without a team.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class SpanLogits
{
    /// <summary>y[2 · sequences, rows / sequences] from x[rows, 2].</summary>
    public static void Forward(Pointer<float> x, int sequences, int rows, Pointer<float> y)
    {
        // Sequences follow one another in both, so the starts are one run and the ends another.
        float* ends = y.Value + rows;
        for (int row = 0; row < rows; row++)
        {
            y.Value[row] = x.Value[2 * row];
            ends[row] = x.Value[(2 * row) + 1];
        }
    }

    /// <summary>dx[rows, 2] from dy[2 · sequences, rows / sequences].</summary>
    public static void Gradient(Pointer<float> dy, int sequences, int rows, Pointer<float> dx)
    {
        float* ends = dy.Value + rows;
        for (int row = 0; row < rows; row++)
        {
            dx.Value[2 * row] = dy.Value[row];
            dx.Value[(2 * row) + 1] = ends[row];
        }
    }
}

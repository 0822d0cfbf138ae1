using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y = act(x · Wᵀ + b) + addend and its gradients, for a weight W[N, K] in panels: 16 outputs n side by side, element (n, k) at
// ((n / 16) · K + k) · 16 + n % 16, pad lanes zero.
//   forward          y  [rows, N] = x  [rows, K] · Wᵀ     LinearProduct, panels used where they lie; LinearRows for a few rows
//   input gradient   dx [rows, K] = dy [rows, N] · W      LinearProduct, panels transposed block by block
//   weight gradient  dW [N, K]    = dyᵀ · x               LinearWeightGradient, x read from and dW written in panels
//   bias gradient    db [N]       = Σ_rows dy             LinearBiasGradient
// Layers of one x may run side by side (Linears). All but the last are tiles of MicroKernel, cut by LinearTiling. One row or a few (decoding) are the same tiles with fewer rows
// and more panels: there the weight streams through once, at the speed of memory, if it is read in long streams.
// An element's sum depends neither on the number of threads, nor on that of the rows, nor on the instruction set.

/// <summary>Linear layers, forward and backward. Addends are optional tensors of the destination's shape and may be the destination itself.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Linear
{
    /// <summary>y[rows, N] = act(x[rows, K] · Wᵀ + bias) + addend.</summary>
    public static void Forward<TK, TN, TActivation>(ComputeTeam team, Pointer<float> x, Pointer<float> weight, Pointer<float> bias, Pointer<float> addend, int rows, Pointer<float> y)
        where TK : struct, IDimension
        where TN : struct, IDimension
        where TActivation : struct, IActivation => Forward<TK, TN, TActivation, Fastest>(team, x, weight, bias, addend, rows, y);

    /// <summary>dx[rows, K] = dy[rows, N] · W + addend.</summary>
    public static void InputGradient<TK, TN>(ComputeTeam team, Pointer<float> dy, Pointer<float> weight, Pointer<float> addend, int rows, Pointer<float> dx)
        where TK : struct, IDimension
        where TN : struct, IDimension => InputGradient<TK, TN, Fastest>(team, dy, weight, addend, rows, dx);

    /// <summary>
    /// Copies x[rows, K] into panels of 16 columns, as <c>WeightGradient</c> reads it: element (row, k) at (k / 16 · rows + row) · 16 + k % 16,
    /// zeros past K.
    /// </summary>
    public static void CopyToPanels<TK>(ComputeTeam team, Pointer<float> x, int rows, Pointer<float> xPanels)
        where TK : struct, IDimension => CopyToPanels<TK, Fastest>(team, x, rows, xPanels);

    /// <summary>dWeight[N, K] = dyᵀ · x + addend, x and all weight-shaped tensors in panels; pad lanes are written as zeros.</summary>
    public static void WeightGradient<TK, TN>(ComputeTeam team, Pointer<float> dy, Pointer<float> xPanels, Pointer<float> addend, int rows, Pointer<float> dWeight)
        where TK : struct, IDimension
        where TN : struct, IDimension => WeightGradient<TK, TN, Fastest>(team, dy, xPanels, addend, rows, dWeight);

    /// <summary>dBias[N] = the sum of dy[rows, N] over the rows, + addend.</summary>
    public static void BiasGradient<TN>(ComputeTeam team, Pointer<float> dy, Pointer<float> addend, int rows, Pointer<float> dBias)
        where TN : struct, IDimension => BiasGradient<TN, Fastest>(team, dy, addend, rows, dBias);

    internal static void Forward<TK, TN, TActivation, TInstructions>(ComputeTeam team, Pointer<float> x, Pointer<float> weight, Pointer<float> bias, Pointer<float> addend, int rows, Pointer<float> y)
        where TK : struct, IDimension
        where TN : struct, IDimension
        where TActivation : struct, IActivation
        where TInstructions : struct, IInstructions
    {
        LinearForward<TK, TN, TActivation> layer = new(x.Value, weight.Value, bias.Value, addend.Value, rows, y.Value, team.Threads);
        TInstructions.Run(team, layer, layer.Tasks);
    }

    internal static void InputGradient<TK, TN, TInstructions>(ComputeTeam team, Pointer<float> dy, Pointer<float> weight, Pointer<float> addend, int rows, Pointer<float> dx)
        where TK : struct, IDimension
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        LinearProduct<TN, TK, TransposedPanels<TK>, Identity> product = new(dy.Value, weight.Value, null, addend.Value, rows, dx.Value, team.Threads);
        TInstructions.Run(team, product, product.Tasks);
    }

    internal static void CopyToPanels<TK, TInstructions>(ComputeTeam team, Pointer<float> x, int rows, Pointer<float> xPanels)
        where TK : struct, IDimension
        where TInstructions : struct, IInstructions => TInstructions.Run(team, new PanelCopy<TK>(x.Value, rows, xPanels.Value), PanelCopy<TK>.TasksFor(rows));

    internal static void WeightGradient<TK, TN, TInstructions>(ComputeTeam team, Pointer<float> dy, Pointer<float> xPanels, Pointer<float> addend, int rows, Pointer<float> dWeight)
        where TK : struct, IDimension
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        LinearWeightGradient<TK, TN> gradient = new(dy.Value, xPanels.Value, addend.Value, rows, dWeight.Value, team.Threads);
        TInstructions.Run(team, gradient, gradient.Tasks);
    }

    internal static void BiasGradient<TN, TInstructions>(ComputeTeam team, Pointer<float> dy, Pointer<float> addend, int rows, Pointer<float> dBias)
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        LinearBiasGradient<TN> gradient = new(dy.Value, addend.Value, rows, dBias.Value);
        TInstructions.Run(team, gradient, gradient.Tasks);
    }
}

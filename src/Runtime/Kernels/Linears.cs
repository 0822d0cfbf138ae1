using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// Linear layers that read the same x, such as query, key and value, or gate and up, in one run of the team: threads meet once
// instead of after each layer, and whoever is done with one goes on with the next. Tiles, and thereby sums, are those of Linear.Forward.

/// <summary>Linear layers of one input, side by side: y_i[rows, N_i] = act_i(x[rows, K] · W_iᵀ + bias_i). No y overlaps x or another y.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Linears
{
    /// <summary>Two layers.</summary>
    public static void Forward<TK, TN0, TActivation0, TN1, TActivation1>(
        ComputeTeam team, Pointer<float> x, int rows, Pointer<float> weight0, Pointer<float> bias0, Pointer<float> y0, Pointer<float> weight1, Pointer<float> bias1, Pointer<float> y1)
        where TK : struct, IDimension
        where TN0 : struct, IDimension
        where TActivation0 : struct, IActivation
        where TN1 : struct, IDimension
        where TActivation1 : struct, IActivation =>
        Forward<TK, TN0, TActivation0, TN1, TActivation1, Fastest>(team, x, rows, weight0, bias0, y0, weight1, bias1, y1);

    /// <summary>Three layers.</summary>
    public static void Forward<TK, TN0, TActivation0, TN1, TActivation1, TN2, TActivation2>(
        ComputeTeam team, Pointer<float> x, int rows, Pointer<float> weight0, Pointer<float> bias0, Pointer<float> y0, Pointer<float> weight1, Pointer<float> bias1, Pointer<float> y1,
        Pointer<float> weight2, Pointer<float> bias2, Pointer<float> y2)
        where TK : struct, IDimension
        where TN0 : struct, IDimension
        where TActivation0 : struct, IActivation
        where TN1 : struct, IDimension
        where TActivation1 : struct, IActivation
        where TN2 : struct, IDimension
        where TActivation2 : struct, IActivation =>
        Forward<TK, TN0, TActivation0, TN1, TActivation1, TN2, TActivation2, Fastest>(team, x, rows, weight0, bias0, y0, weight1, bias1, y1, weight2, bias2, y2);

    internal static void Forward<TK, TN0, TActivation0, TN1, TActivation1, TInstructions>(
        ComputeTeam team, Pointer<float> x, int rows, Pointer<float> weight0, Pointer<float> bias0, Pointer<float> y0, Pointer<float> weight1, Pointer<float> bias1, Pointer<float> y1)
        where TK : struct, IDimension
        where TN0 : struct, IDimension
        where TActivation0 : struct, IActivation
        where TN1 : struct, IDimension
        where TActivation1 : struct, IActivation
        where TInstructions : struct, IInstructions
    {
        LinearForward<TK, TN0, TActivation0> layer0 = new(x.Value, weight0.Value, bias0.Value, null, rows, y0.Value, team.Threads);
        LinearForward<TK, TN1, TActivation1> layer1 = new(x.Value, weight1.Value, bias1.Value, null, rows, y1.Value, team.Threads);
        var both = SideBySide.Of(layer0, layer1);
        TInstructions.Run(team, both, both.Tasks);
    }

    internal static void Forward<TK, TN0, TActivation0, TN1, TActivation1, TN2, TActivation2, TInstructions>(
        ComputeTeam team, Pointer<float> x, int rows, Pointer<float> weight0, Pointer<float> bias0, Pointer<float> y0, Pointer<float> weight1, Pointer<float> bias1, Pointer<float> y1,
        Pointer<float> weight2, Pointer<float> bias2, Pointer<float> y2)
        where TK : struct, IDimension
        where TN0 : struct, IDimension
        where TActivation0 : struct, IActivation
        where TN1 : struct, IDimension
        where TActivation1 : struct, IActivation
        where TN2 : struct, IDimension
        where TActivation2 : struct, IActivation
        where TInstructions : struct, IInstructions
    {
        LinearForward<TK, TN0, TActivation0> layer0 = new(x.Value, weight0.Value, bias0.Value, null, rows, y0.Value, team.Threads);
        LinearForward<TK, TN1, TActivation1> layer1 = new(x.Value, weight1.Value, bias1.Value, null, rows, y1.Value, team.Threads);
        LinearForward<TK, TN2, TActivation2> layer2 = new(x.Value, weight2.Value, bias2.Value, null, rows, y2.Value, team.Threads);
        var all = SideBySide.Of(SideBySide.Of(layer0, layer1), layer2);
        TInstructions.Run(team, all, all.Tasks);
    }
}

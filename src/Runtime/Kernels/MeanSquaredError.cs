using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// loss = (x − t)²          dx = 2 · (x − t)

/// <summary>Regression: the mean of squared differences.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MeanSquaredError
{
    /// <summary>
    /// The mean over the elements of values[rows, N] whose target in targets[rows, N] is not NaN; 0 without any. Also each row's sum of squares and number
    /// of targets that count, both [rows].
    /// </summary>
    public static float Forward<TN>(
        ComputeTeam team, Pointer<float> values, Pointer<float> targets, int rows, Pointer<float> rowLosses, Pointer<float> rowCounts)
        where TN : struct, IDimension => Forward<TN, Fastest>(team, values, targets, rows, rowLosses, rowCounts);

    /// <summary>The mean's gradient dValues[rows, N]; it may be <paramref name="values"/>.</summary>
    public static void Gradient<TN>(
        ComputeTeam team, Pointer<float> values, Pointer<float> targets, Pointer<float> rowCounts, int rows, Pointer<float> dValues)
        where TN : struct, IDimension => Gradient<TN, Fastest>(team, values, targets, rowCounts, rows, dValues);

    internal static float Forward<TN, TInstructions>(
        ComputeTeam team, Pointer<float> values, Pointer<float> targets, int rows, Pointer<float> rowLosses, Pointer<float> rowCounts)
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions =>
        ElementLosses<OfDifference>.Forward<TN, TInstructions>(team, values, targets, rows, rowLosses, rowCounts);

    internal static void Gradient<TN, TInstructions>(
        ComputeTeam team, Pointer<float> values, Pointer<float> targets, Pointer<float> rowCounts, int rows, Pointer<float> dValues)
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions =>
        ElementLosses<OfDifference>.Gradient<TN, TInstructions>(team, values, targets, rowCounts, rows, dValues);

    private readonly struct OfDifference : IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V IElementLoss.Loss<TSimd, V>(V x, V target)
        {
            V difference = TSimd.Subtract(x, target);
            return TSimd.Multiply(difference, difference);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V IElementLoss.Derivative<TSimd, V>(V x, V target) => TSimd.Multiply(TSimd.Broadcast(2f), TSimd.Subtract(x, target));
    }
}

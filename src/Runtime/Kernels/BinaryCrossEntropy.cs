using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// loss = −t · ln σ(x) − (1 − t) · ln(1 − σ(x)) = max(x, 0) − t · x + ln(1 + e^−|x|)          dx = σ(x) − t
// The second form neither overflows nor loses small losses.

/// <summary>Yes-or-no classifiers side by side, such as labels of which several may hold: sigmoid and cross-entropy in one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BinaryCrossEntropy
{
    /// <summary>
    /// The mean loss over the elements of logits[rows, N], in nats; targets[rows, N] are probabilities, and NaN is ignored. 0 without any target. Also each
    /// row's sum of losses and number of targets that count, both [rows].
    /// </summary>
    public static float Forward<TN>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, int rows, Pointer<float> rowLosses, Pointer<float> rowCounts)
        where TN : struct, IDimension => Forward<TN, Fastest>(team, logits, targets, rows, rowLosses, rowCounts);

    /// <summary>The mean loss's gradient dLogits[rows, N]; it may be <paramref name="logits"/>.</summary>
    public static void Gradient<TN>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, Pointer<float> rowCounts, int rows, Pointer<float> dLogits)
        where TN : struct, IDimension => Gradient<TN, Fastest>(team, logits, targets, rowCounts, rows, dLogits);

    internal static float Forward<TN, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, int rows, Pointer<float> rowLosses, Pointer<float> rowCounts)
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions =>
        ElementLosses<OfSigmoid>.Forward<TN, TInstructions>(team, logits, targets, rows, rowLosses, rowCounts);

    internal static void Gradient<TN, TInstructions>(
        ComputeTeam team, Pointer<float> logits, Pointer<float> targets, Pointer<float> rowCounts, int rows, Pointer<float> dLogits)
        where TN : struct, IDimension
        where TInstructions : struct, IInstructions =>
        ElementLosses<OfSigmoid>.Gradient<TN, TInstructions>(team, logits, targets, rowCounts, rows, dLogits);

    private readonly struct OfSigmoid : IElementLoss
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V IElementLoss.Loss<TSimd, V>(V x, V target)
        {
            V tail = VectorMath.LogOnePlus<TSimd, V>(VectorMath.Exp<TSimd, V>(TSimd.Subtract(TSimd.Zero, TSimd.Abs(x))));
            return TSimd.Add(TSimd.NegateMultiplyAdd(target, x, TSimd.Max(x, TSimd.Zero)), tail);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V IElementLoss.Derivative<TSimd, V>(V x, V target) => TSimd.Subtract(VectorMath.Sigmoid<TSimd, V>(x), target);
    }
}

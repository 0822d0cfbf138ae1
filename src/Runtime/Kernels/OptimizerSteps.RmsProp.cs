using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// RMSProp (Tieleman and Hinton 2012, lecture 6.5; centred: Graves 2013, equations 38 to 45), in PyTorch's form, ε outside the root:
// g ← scaled gradient + penalty · p      v ← α v + (1 − α) g²      centred: m ← α m + (1 − α) g, and v − m² in v's place below
// s ← g / (√v + ε)                       momentum: b ← μ b + s, and b in s's place below
// p ← p − rate · s
// v − m² is a variance; where rounding makes it negative it counts as 0.

/// <summary>What a step of RMSProp needs besides the tensors, computed in double and rounded once.</summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Penalty">The L2 penalty's factor, which adds to the gradient.</param>
/// <param name="Alpha">α.</param>
/// <param name="OneMinusAlpha">1 − α.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Momentum">μ.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RmsPropCoefficients(float Rate, float Penalty, float Alpha, float OneMinusAlpha, float Epsilon, float Momentum);

public static partial class OptimizerSteps
{
    /// <summary>
    /// One step of RMSProp. <paramref name="parameter"/>, <paramref name="secondMoment"/>, <paramref name="firstMoment"/> (none: not
    /// centred) and <paramref name="momentum"/> (none: without momentum) are updated in place.
    /// </summary>
    public static void RmsProp(
        ComputeTeam team, in ScaledGradient gradient, in RmsPropCoefficients c, nint count,
        Pointer<float> parameter, Pointer<float> secondMoment, Pointer<float> firstMoment, Pointer<float> momentum) =>
        RmsProp<Fastest>(team, gradient, c, count, parameter, secondMoment, firstMoment, momentum);

    internal static unsafe void RmsProp<TInstructions>(
        ComputeTeam team, in ScaledGradient gradient, in RmsPropCoefficients c, nint count,
        Pointer<float> parameter, Pointer<float> secondMoment, Pointer<float> firstMoment, Pointer<float> momentum)
        where TInstructions : struct, IInstructions =>
        ElementwiseLoop.Run<RmsPropKernel, TInstructions>(
            team, new(gradient, c, parameter.Value, secondMoment.Value, firstMoment.Value, momentum.Value), count);

    private readonly unsafe struct RmsPropKernel(
        ScaledGradient gradient, RmsPropCoefficients coefficients,
        float* parameter, float* secondMoment, float* firstMoment, float* momentum) : IElementwiseKernel
    {
        private readonly ScaledGradient _gradient = gradient;
        private readonly RmsPropCoefficients _c = coefficients;
        private readonly float* _parameter = parameter;
        private readonly float* _secondMoment = secondMoment;
        private readonly float* _firstMoment = firstMoment;
        private readonly float* _momentum = momentum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V p = TLanes.Load<TSimd, V>(_parameter + index, lanes);
            V g = TSimd.MultiplyAdd(p, TSimd.Broadcast(_c.Penalty), _gradient.Load<TSimd, V, TLanes>(index, lanes));
            V variance = Average<TSimd, V, TLanes>(_secondMoment + index, TSimd.Multiply(g, g), lanes);
            if (_firstMoment != null)
            {
                V mean = Average<TSimd, V, TLanes>(_firstMoment + index, g, lanes);
                variance = TSimd.Max(TSimd.NegateMultiplyAdd(mean, mean, variance), TSimd.Zero);
            }

            V step = TSimd.Divide(g, TSimd.Add(TSimd.Sqrt(variance), TSimd.Broadcast(_c.Epsilon)));
            if (_momentum != null)
            {
                step = TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_momentum + index, lanes), TSimd.Broadcast(_c.Momentum), step);
                TLanes.Store<TSimd, V>(_momentum + index, step, lanes);
            }

            TLanes.Store<TSimd, V>(_parameter + index, TSimd.NegateMultiplyAdd(step, TSimd.Broadcast(_c.Rate), p), lanes);
        }

        /// <summary>average ← α · average + (1 − α) · value; returns it.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private V Average<TSimd, V, TLanes>(float* average, V value, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V updated = TSimd.Multiply(TLanes.Load<TSimd, V>(average, lanes), TSimd.Broadcast(_c.Alpha));
            updated = TSimd.MultiplyAdd(value, TSimd.Broadcast(_c.OneMinusAlpha), updated);
            TLanes.Store<TSimd, V>(average, updated, lanes);
            return updated;
        }
    }
}

using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019, algorithm 2), in PyTorch's order of operations; Adam's decay is
// the penalty, AdamW's the factor:
// g ← scaled gradient + penalty · p   p ← (1 − rate · decay) · p
// m ← β₁ m + (1 − β₁) g               v ← β₂ v + (1 − β₂) g²
// p ← p − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)

/// <summary>What a step of Adam or AdamW needs besides the tensors, computed in double and rounded once.</summary>
/// <param name="Penalty">The L2 penalty's factor, which adds to the gradient; 0 in AdamW.</param>
/// <param name="DecayFactor">1 − rate · decay; 1 in Adam.</param>
/// <param name="Beta1">β₁.</param>
/// <param name="OneMinusBeta1">1 − β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="OneMinusBeta2">1 − β₂.</param>
/// <param name="StepSize">rate / (1 − β₁ᵗ).</param>
/// <param name="RootCorrection2">√(1 − β₂ᵗ).</param>
/// <param name="Epsilon">ε.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct AdamCoefficients(
    float Penalty, float DecayFactor, float Beta1, float OneMinusBeta1, float Beta2, float OneMinusBeta2, float StepSize, float RootCorrection2, float Epsilon);

/// <summary>Optimizer steps over flat ranges of parameters, each in one pass over memory.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class OptimizerSteps
{
    /// <summary>One step of Adam or AdamW; <paramref name="parameter"/> and both moments are updated in place.</summary>
    public static void Adam(
        ComputeTeam team, in ScaledGradient gradient, in AdamCoefficients c, nint count,
        Pointer<float> parameter, Pointer<float> firstMoment, Pointer<float> secondMoment) =>
        Adam<Fastest>(team, gradient, c, count, parameter, firstMoment, secondMoment);

    internal static unsafe void Adam<TInstructions>(
        ComputeTeam team, in ScaledGradient gradient, in AdamCoefficients c, nint count,
        Pointer<float> parameter, Pointer<float> firstMoment, Pointer<float> secondMoment)
        where TInstructions : struct, IInstructions =>
        ElementwiseLoop.Run<AdamKernel, TInstructions>(
            team, new(gradient, c, parameter.Value, firstMoment.Value, secondMoment.Value), count);

    private readonly unsafe struct AdamKernel(
        ScaledGradient gradient, AdamCoefficients coefficients, float* parameter, float* firstMoment, float* secondMoment) : IElementwiseKernel
    {
        private readonly ScaledGradient _gradient = gradient;
        private readonly AdamCoefficients _c = coefficients;
        private readonly float _inverseRootCorrection2 = 1f / coefficients.RootCorrection2;
        private readonly float* _parameter = parameter;
        private readonly float* _firstMoment = firstMoment;
        private readonly float* _secondMoment = secondMoment;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V p = TLanes.Load<TSimd, V>(_parameter + index, lanes);
            V g = TSimd.MultiplyAdd(p, TSimd.Broadcast(_c.Penalty), _gradient.Load<TSimd, V, TLanes>(index, lanes));
            V m = TSimd.Multiply(TLanes.Load<TSimd, V>(_firstMoment + index, lanes), TSimd.Broadcast(_c.Beta1));
            m = TSimd.MultiplyAdd(g, TSimd.Broadcast(_c.OneMinusBeta1), m);
            V v = TSimd.Multiply(TLanes.Load<TSimd, V>(_secondMoment + index, lanes), TSimd.Broadcast(_c.Beta2));
            v = TSimd.MultiplyAdd(TSimd.Multiply(g, g), TSimd.Broadcast(_c.OneMinusBeta2), v);

            V denominator = TSimd.MultiplyAdd(TSimd.Sqrt(v), TSimd.Broadcast(_inverseRootCorrection2), TSimd.Broadcast(_c.Epsilon));
            V step = TSimd.Divide(TSimd.Multiply(m, TSimd.Broadcast(_c.StepSize)), denominator);
            p = TSimd.Multiply(p, TSimd.Broadcast(_c.DecayFactor));
            TLanes.Store<TSimd, V>(_firstMoment + index, m, lanes);
            TLanes.Store<TSimd, V>(_secondMoment + index, v, lanes);
            TLanes.Store<TSimd, V>(_parameter + index, TSimd.Subtract(p, step), lanes);
        }
    }
}

using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// Stochastic gradient descent with momentum (Sutskever et al. 2013), in PyTorch's form:
// g ← scaled gradient + penalty · p      b ← μ b + (1 − dampening) g, but b ← g at the first step
// p ← p − rate · d, where d is g without momentum, b with it, and g + μ b with Nesterov's

/// <summary>What a step of gradient descent needs besides the tensors.</summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Penalty">The L2 penalty's factor, which adds to the gradient.</param>
/// <param name="Momentum">μ.</param>
/// <param name="GradientShare">What multiplies the gradient that enters the momentum: 1 − dampening, or 1 at the first step.</param>
/// <param name="LookAhead">Nesterov's μ, with which the momentum is added to the gradient; 0 follows the momentum itself.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct SgdCoefficients(float Rate, float Penalty, float Momentum, float GradientShare, float LookAhead);

public static partial class OptimizerSteps
{
    /// <summary>One step of gradient descent; <paramref name="parameter"/> and <paramref name="momentum"/> (none: without momentum) are updated in place.</summary>
    public static void Sgd(
        ComputeTeam team, in ScaledGradient gradient, in SgdCoefficients c, nint count, Pointer<float> parameter, Pointer<float> momentum) =>
        Sgd<Fastest>(team, gradient, c, count, parameter, momentum);

    internal static unsafe void Sgd<TInstructions>(
        ComputeTeam team, in ScaledGradient gradient, in SgdCoefficients c, nint count, Pointer<float> parameter, Pointer<float> momentum)
        where TInstructions : struct, IInstructions =>
        ElementwiseLoop.Run<SgdKernel, TInstructions>(team, new(gradient, c, parameter.Value, momentum.Value), count);

    private readonly unsafe struct SgdKernel(ScaledGradient gradient, SgdCoefficients coefficients, float* parameter, float* momentum) : IElementwiseKernel
    {
        private readonly ScaledGradient _gradient = gradient;
        private readonly SgdCoefficients _c = coefficients;
        private readonly float* _parameter = parameter;
        private readonly float* _momentum = momentum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V p = TLanes.Load<TSimd, V>(_parameter + index, lanes);
            V direction = TSimd.MultiplyAdd(p, TSimd.Broadcast(_c.Penalty), _gradient.Load<TSimd, V, TLanes>(index, lanes));
            if (_momentum != null) direction = AddMomentum<TSimd, V, TLanes>(direction, index, lanes);
            TLanes.Store<TSimd, V>(_parameter + index, TSimd.NegateMultiplyAdd(direction, TSimd.Broadcast(_c.Rate), p), lanes);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private V AddMomentum<TSimd, V, TLanes>(V g, nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V momentum = TSimd.Multiply(TLanes.Load<TSimd, V>(_momentum + index, lanes), TSimd.Broadcast(_c.Momentum));
            momentum = TSimd.MultiplyAdd(g, TSimd.Broadcast(_c.GradientShare), momentum);
            TLanes.Store<TSimd, V>(_momentum + index, momentum, lanes);
            return _c.LookAhead == 0 ? momentum : TSimd.MultiplyAdd(momentum, TSimd.Broadcast(_c.LookAhead), g);
        }
    }
}

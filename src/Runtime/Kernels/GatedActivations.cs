using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y = f(gate) · up        dGate = f'(gate) · up · dy        dUp = f(gate) · dy

/// <summary>Gated linear units (Shazeer 2020: SwiGLU, GEGLU, ReGLU) over flat tensors.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class GatedActivations
{
    /// <summary>y = f(gate) · up; <paramref name="y"/> may be either.</summary>
    public static void Forward<TActivation>(ComputeTeam team, Pointer<float> gate, Pointer<float> up, nint count, Pointer<float> y)
        where TActivation : struct, IActivation => Forward<TActivation, Fastest>(team, gate, up, count, y);

    /// <summary>Both gradients in one pass; each destination may be any of the sources.</summary>
    public static void Gradient<TActivation>(
        ComputeTeam team, Pointer<float> gate, Pointer<float> up, Pointer<float> dy, nint count, Pointer<float> dGate, Pointer<float> dUp)
        where TActivation : struct, IActivation => Gradient<TActivation, Fastest>(team, gate, up, dy, count, dGate, dUp);

    internal static unsafe void Forward<TActivation, TInstructions>(ComputeTeam team, Pointer<float> gate, Pointer<float> up, nint count, Pointer<float> y)
        where TActivation : struct, IActivation
        where TInstructions : struct, IInstructions =>
        ElementwiseLoop.Run<ForwardKernel<TActivation>, TInstructions>(team, new(gate.Value, up.Value, y.Value), count);

    internal static unsafe void Gradient<TActivation, TInstructions>(
        ComputeTeam team, Pointer<float> gate, Pointer<float> up, Pointer<float> dy, nint count, Pointer<float> dGate, Pointer<float> dUp)
        where TActivation : struct, IActivation
        where TInstructions : struct, IInstructions =>
        ElementwiseLoop.Run<GradientKernel<TActivation>, TInstructions>(team, new(gate.Value, up.Value, dy.Value, dGate.Value, dUp.Value), count);

    private readonly unsafe struct ForwardKernel<TActivation>(float* gate, float* up, float* y) : IElementwiseKernel
        where TActivation : struct, IActivation
    {
        private readonly float* _gate = gate;
        private readonly float* _up = up;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V activated = TActivation.Apply<TSimd, V>(TLanes.Load<TSimd, V>(_gate + index, lanes));
            TLanes.Store<TSimd, V>(_y + index, TSimd.Multiply(activated, TLanes.Load<TSimd, V>(_up + index, lanes)), lanes);
        }
    }

    private readonly unsafe struct GradientKernel<TActivation>(float* gate, float* up, float* dy, float* dGate, float* dUp) : IElementwiseKernel
        where TActivation : struct, IActivation
    {
        private readonly float* _gate = gate;
        private readonly float* _up = up;
        private readonly float* _dy = dy;
        private readonly float* _dGate = dGate;
        private readonly float* _dUp = dUp;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V gate = TLanes.Load<TSimd, V>(_gate + index, lanes);
            V up = TLanes.Load<TSimd, V>(_up + index, lanes);
            V dy = TLanes.Load<TSimd, V>(_dy + index, lanes);
            V dGate = TSimd.Multiply(TActivation.Derivative<TSimd, V>(gate), TSimd.Multiply(up, dy));
            V dUp = TSimd.Multiply(TActivation.Apply<TSimd, V>(gate), dy);
            TLanes.Store<TSimd, V>(_dGate + index, dGate, lanes);
            TLanes.Store<TSimd, V>(_dUp + index, dUp, lanes);
        }
    }
}

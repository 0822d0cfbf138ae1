using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y = f(x)              dx = f'(x) · dy

/// <summary>Activation functions over flat tensors.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Activations
{
    /// <summary>y = f(x); <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Forward<TActivation>(ComputeTeam team, Pointer<float> x, nint count, Pointer<float> y)
        where TActivation : struct, IActivation => Forward<TActivation, Fastest>(team, x, count, y);

    /// <summary>dx = f'(x) · dy; <paramref name="dx"/> may be <paramref name="dy"/> or <paramref name="x"/>.</summary>
    public static void Gradient<TActivation>(ComputeTeam team, Pointer<float> x, Pointer<float> dy, nint count, Pointer<float> dx)
        where TActivation : struct, IActivation => Gradient<TActivation, Fastest>(team, x, dy, count, dx);

    internal static unsafe void Forward<TActivation, TInstructions>(ComputeTeam team, Pointer<float> x, nint count, Pointer<float> y)
        where TActivation : struct, IActivation
        where TInstructions : struct, IInstructions =>
        ElementwiseLoop.Run<ForwardKernel<TActivation>, TInstructions>(team, new(x.Value, y.Value), count);

    internal static unsafe void Gradient<TActivation, TInstructions>(ComputeTeam team, Pointer<float> x, Pointer<float> dy, nint count, Pointer<float> dx)
        where TActivation : struct, IActivation
        where TInstructions : struct, IInstructions =>
        ElementwiseLoop.Run<GradientKernel<TActivation>, TInstructions>(team, new(x.Value, dy.Value, dx.Value), count);

    private readonly unsafe struct ForwardKernel<TActivation>(float* x, float* y) : IElementwiseKernel
        where TActivation : struct, IActivation
    {
        private readonly float* _x = x;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V x = TLanes.Load<TSimd, V>(_x + index, lanes);
            TLanes.Store<TSimd, V>(_y + index, TActivation.Apply<TSimd, V>(x), lanes);
        }
    }

    private readonly unsafe struct GradientKernel<TActivation>(float* x, float* dy, float* dx) : IElementwiseKernel
        where TActivation : struct, IActivation
    {
        private readonly float* _x = x;
        private readonly float* _dy = dy;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V derivative = TActivation.Derivative<TSimd, V>(TLanes.Load<TSimd, V>(_x + index, lanes));
            TLanes.Store<TSimd, V>(_dx + index, TSimd.Multiply(derivative, TLanes.Load<TSimd, V>(_dy + index, lanes)), lanes);
        }
    }
}

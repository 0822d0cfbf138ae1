using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// add     y = a + b              its gradient is dy for both
// scale   y = factor · x + addend

/// <summary>Sums and multiples of flat tensors, and copies of rows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Elementwise
{
    /// <summary>y = a + b; <paramref name="y"/> may be either.</summary>
    public static void Add(ComputeTeam team, Pointer<float> a, Pointer<float> b, nint count, Pointer<float> y) =>
        Scale<Fastest>(team, a, 1f, b, count, y);

    /// <summary>y = factor · x + addend; <paramref name="y"/> may be either; <paramref name="addend"/> may be none.</summary>
    public static void Scale(ComputeTeam team, Pointer<float> x, float factor, Pointer<float> addend, nint count, Pointer<float> y) =>
        Scale<Fastest>(team, x, factor, addend, count, y);

    /// <summary>Copies one row of x[·, D] to y[D].</summary>
    public static unsafe void CopyRow<TD>(Pointer<float> x, int row, Pointer<float> y)
        where TD : struct, IDimension =>
        new ReadOnlySpan<float>(x.Value + ((nint)row * TD.Value), TD.Value).CopyTo(new Span<float>(y.Value, TD.Value));

    /// <summary>y = x, flat.</summary>
    public static unsafe void Copy(Pointer<float> x, nint count, Pointer<float> y) =>
        Buffer.MemoryCopy(x.Value, y.Value, (long)count * sizeof(float), (long)count * sizeof(float));

    internal static unsafe void Scale<TInstructions>(ComputeTeam team, Pointer<float> x, float factor, Pointer<float> addend, nint count, Pointer<float> y)
        where TInstructions : struct, IInstructions
    {
        if (!addend.IsNull) ElementwiseLoop.Run<ScaleAddKernel, TInstructions>(team, new(x.Value, factor, addend.Value, y.Value), count);
        else if (factor != 1f || x.Value != y.Value) ElementwiseLoop.Run<ScaleKernel, TInstructions>(team, new(x.Value, factor, y.Value), count);
    }

    private readonly unsafe struct ScaleKernel(float* x, float factor, float* y) : IElementwiseKernel
    {
        private readonly float* _x = x;
        private readonly float _factor = factor;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes =>
            TLanes.Store<TSimd, V>(_y + index, TSimd.Multiply(TLanes.Load<TSimd, V>(_x + index, lanes), TSimd.Broadcast(_factor)), lanes);
    }

    private readonly unsafe struct ScaleAddKernel(float* x, float factor, float* addend, float* y) : IElementwiseKernel
    {
        private readonly float* _x = x;
        private readonly float _factor = factor;
        private readonly float* _addend = addend;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step<TSimd, V, TLanes>(nint index, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V sum = TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_x + index, lanes), TSimd.Broadcast(_factor), TLanes.Load<TSimd, V>(_addend + index, lanes));
            TLanes.Store<TSimd, V>(_y + index, sum, lanes);
        }
    }
}

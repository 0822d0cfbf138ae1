using System.ComponentModel;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Kernels;

/// <summary>A gradient as optimizers read it: each element is multiplied by the scale and then limited to [−limit, limit]. NaN stays NaN.</summary>
/// <param name="Values">The accumulated gradient.</param>
/// <param name="Scale">The mean over micro-batches, and clipping by norm.</param>
/// <param name="Limit">Clipping by value; infinite where there is none.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct ScaledGradient(Pointer<float> Values, float Scale, float Limit)
{
    /// <summary>The gradient from <paramref name="offset"/> on.</summary>
    internal ScaledGradient From(nint offset) => this with { Values = Values + offset };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe V Load<TSimd, V, TLanes>(nint index, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TLanes : struct, ILanes
    {
        V scaled = TSimd.Multiply(TLanes.Load<TSimd, V>(Values.Value + index, lanes), TSimd.Broadcast(Scale));
        return TSimd.Clamp(scaled, TSimd.Broadcast(-Limit), TSimd.Broadcast(Limit));
    }
}

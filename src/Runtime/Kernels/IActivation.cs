using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

/// <summary>
/// An activation function as a type, so that kernels which apply one (linear layers, gated units) are compiled with it inlined.
/// Both members are elementwise; NaN gives NaN.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IActivation
{
    internal static abstract V Apply<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct;

    /// <summary>The derivative at <paramref name="x"/>, which is the input of the function and not its result.</summary>
    internal static abstract V Derivative<TSimd, V>(V x)
        where TSimd : struct, ISimd<V>
        where V : struct;
}

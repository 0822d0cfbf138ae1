using System.ComponentModel;

namespace Transformer.Compiled.Kernels;

/// <summary>A size known at compile time, as a type: kernels specialised by it have it as a constant in their machine code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IDimension
{
    static abstract int Value { get; }
}

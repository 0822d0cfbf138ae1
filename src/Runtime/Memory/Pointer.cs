using System.ComponentModel;

namespace Transformer.Compiled.Memory;

/// <summary>
/// An address in native memory that generated code passes to kernels: a pointer without <c>unsafe</c>. Offsets count elements.
/// The default value stands for "none". Nothing is bounds-checked: the generated plan states every offset and extent.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Pointer<T>
    where T : unmanaged
{
    internal readonly T* Value;

    internal Pointer(T* value) => Value = value;

    internal bool IsNull => Value == null;

    /// <summary>The address so many elements further on.</summary>
    public static Pointer<T> operator +(Pointer<T> pointer, nint offset) => new(pointer.Value + offset);
}

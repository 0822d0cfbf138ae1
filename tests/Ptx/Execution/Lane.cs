using System.Runtime.CompilerServices;

namespace Transformer.Compiled.Ptx;

/// <summary>Lanes of a register in the register file.</summary>
internal static unsafe class Lane
{
    /// <summary>The bytes between two lanes of a register of type <typeparamref name="T"/>.</summary>
    public static int Stride<T>()
        where T : unmanaged => sizeof(T) <= 4 ? 4 : 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Get<T>(byte* register, int lane)
        where T : unmanaged => *(T*)(register + (lane * Stride<T>()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<T>(byte* register, int lane, T value)
        where T : unmanaged => *(T*)(register + (lane * Stride<T>())) = value;
}

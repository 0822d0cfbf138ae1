using System.Runtime.CompilerServices;

namespace Transformer.Compiled.Kernels.Simd;

/// <summary>How many elements of a vector are in memory: all of them, or the first few at the end of a range.</summary>
internal unsafe interface ILanes
{
    static abstract V Load<TSimd, V>(float* source, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct;

    static abstract void Store<TSimd, V>(float* destination, V value, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct;

    /// <summary>The value with zeros in the lanes that are not in memory.</summary>
    static abstract V Keep<TSimd, V>(V value, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct;
}

internal readonly unsafe struct AllLanes : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<TSimd, V>(float* source, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct => TSimd.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd, V>(float* destination, V value, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct => TSimd.Store(destination, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Keep<TSimd, V>(V value, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct => value;
}

internal readonly unsafe struct FirstLanes : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<TSimd, V>(float* source, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct => TSimd.LoadPartial(source, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd, V>(float* destination, V value, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct => TSimd.StorePartial(destination, value, lanes);

    public static V Keep<TSimd, V>(V value, int lanes)
        where TSimd : struct, ISimd<V>
        where V : struct => TSimd.LoadPartial((float*)Unsafe.AsPointer(ref value), lanes);
}

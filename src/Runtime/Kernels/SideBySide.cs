using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

/// <summary>A kernel that knows its number of tiles.</summary>
internal interface ICountedKernel : ITiledKernel
{
    int Tasks { get; }
}

/// <summary>Two kernels, neither of which touches what the other writes, as one whose tiles are those of both.</summary>
internal readonly unsafe struct SideBySide<TFirst, TSecond>(TFirst first, TSecond second) : ICountedKernel
    where TFirst : unmanaged, ICountedKernel
    where TSecond : unmanaged, ICountedKernel
{
    private readonly TFirst _first = first;
    private readonly TSecond _second = second;

    public int Tasks => _first.Tasks + _second.Tasks;

    public void Run<TSimd, V>(int tile, float* scratch)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        int own = _first.Tasks;
        if (tile < own) _first.Run<TSimd, V>(tile, scratch);
        else _second.Run<TSimd, V>(tile - own, scratch);
    }
}

internal static class SideBySide
{
    public static SideBySide<TFirst, TSecond> Of<TFirst, TSecond>(TFirst first, TSecond second)
        where TFirst : unmanaged, ICountedKernel
        where TSecond : unmanaged, ICountedKernel => new(first, second);
}

using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>The caches of some slots' keys and values, one behind the other; NaN where nothing was appended.</summary>
internal sealed class CacheBuffers<TKeyValueHeads, THeadDim, TValueHeadDim, TContext>(int slots) : IDisposable
    where TKeyValueHeads : struct, IDimension
    where THeadDim : struct, IDimension
    where TValueHeadDim : struct, IDimension
    where TContext : struct, IDimension
{
    private readonly GuardedBuffer<float> _memory = new(slots * Floats);

    public nint Stride => Floats;

    public Pointer<float> Keys => _memory;

    public Pointer<float> Values => Keys + KeyFloats;

    private static int KeyFloats => (int)KeyValueCache.Floats(TKeyValueHeads.Value, THeadDim.Value, TContext.Value);

    private static int Floats => KeyFloats + (int)KeyValueCache.Floats(TKeyValueHeads.Value, TValueHeadDim.Value, TContext.Value);

    /// <summary>Puts the rows of a slot at consecutive positions.</summary>
    public void Append(int slot, int position, float[] keys, float[] values)
    {
        int rows = keys.Length / TKeyValueHeads.Value / THeadDim.Value;
        using ComputeTeam team = new(1);
        using PageEndBuffer k = new(keys), v = new(values);
        using GuardedBuffer<int> positions = new([.. Enumerable.Range(position, rows)]);
        KeyValueCache.AppendKeys<TKeyValueHeads, THeadDim, TContext>(team, k.Pointer, positions, 1, rows, Stride, Keys + slot * Stride);
        KeyValueCache.AppendValues<TKeyValueHeads, TValueHeadDim, TContext>(team, v.Pointer, positions, 1, rows, Stride, Values + slot * Stride);
        _memory.Verify();
    }

    public void Dispose() => _memory.Dispose();
}

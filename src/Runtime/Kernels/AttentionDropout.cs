using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Kernels;

/// <summary>Dropout of attention probabilities: a factor of 0 or 1 / (1 − rate) for each, drawn again wherever it is needed.</summary>
internal readonly unsafe struct AttentionDropout(float rate, RandomStream stream, uint site, int keys)
{
    private readonly float _rate = rate;
    private readonly RandomStream _stream = stream;
    private readonly uint _site = site;
    private readonly int _keys = keys;

    public bool IsEnabled => _stream.IsEnabled && _rate > 0f;

    /// <summary>The factors of consecutive keys of a query.</summary>
    /// <param name="row">(sequence · Heads + head) · T + query.</param>
    /// <param name="firstKey">The first key.</param>
    /// <param name="count">The number of keys; those past T are drawn but meaningless.</param>
    /// <param name="factors">[count].</param>
    public void WriteFactors<TSimd, V>(long row, int firstKey, int count, float* factors)
        where TSimd : struct, ISimd<V>
        where V : struct =>
        Dropout.WriteFactors<TSimd, V>(_stream, _site, _rate, (ulong)(row * _keys + firstKey), count, factors);
}

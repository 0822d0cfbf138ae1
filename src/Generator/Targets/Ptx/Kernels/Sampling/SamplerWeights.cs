namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// exponent = (score − best) / temperature        weight = e^exponent, 1 for the best        mass = ⌊2^44 · weight⌋
// Masses are integers, so that sums of them are exact and the same in any order. Those of weights above 2^-20 are exact themselves, and a row
// of 2^19 tokens has at most 2^63.

/// <summary>What tokens are drawn by: their weights, in floating and in fixed point, and by exponent the buckets of a first look at them.</summary>
internal sealed class SamplerWeights
{
    private const float MassOfOne = 1L << 44;
    private const int MostExponent = 32;
    private const float Slack = 1f / (1 << 20);

    /// <summary>Orders by which the ends of a bucket may be off: the rounding of a difference, and then some.</summary>
    private const int SlackOrders = 4;

    private readonly PtxBuilder _k;
    private readonly F32 _best;
    private readonly F32 _temperature;
    private readonly int _buckets;

    /// <param name="k">The kernel.</param>
    /// <param name="best">The greatest score.</param>
    /// <param name="temperature">Not 0.</param>
    /// <param name="buckets">A power of two from 128 on.</param>
    public SamplerWeights(PtxBuilder k, F32 best, F32 temperature, int buckets)
    {
        _k = k;
        _best = best;
        _temperature = temperature;
        _buckets = buckets;
    }

    private float BucketsPerUnit => _buckets / MostExponent;

    public F32 Exponent(U32 order) => _k.Divide(_k.Subtract(ScoreOrder.Score(_k, order), _best), _temperature);

    public F32 Weight(F32 exponent) => Functions.ExpOfNegative(_k, exponent);

    public U64 Mass(F32 weight) => _k.ToLong(_k.Multiply(weight, MassOfOne));

    public U64 MassOf(U32 order) => Mass(Weight(Exponent(order)));

    /// <summary>Buckets ascend with orders; the last, from an exponent of −31.75 or lower on, has tokens without mass only.</summary>
    public U32 Bucket(F32 exponent) => _k.Min(_k.ToWord(_k.Multiply(exponent, -BucketsPerUnit)), _buckets - 1);

    /// <summary>
    /// The first and the last order that a bucket may have. Exponents are off by 2^-22 of themselves, which the slack covers; orders near the
    /// ends may belong to the next bucket.
    /// </summary>
    public (U32 First, U32 Last) Orders(U32 bucket)
    {
        F32 near = _k.Multiply(_k.ToFloat(bucket), (1 - Slack) / BucketsPerUnit), far = _k.Multiply(_k.ToFloat(_k.Add(bucket, 1)), (1 + Slack) / BucketsPerUnit);
        return (_k.Subtract(Order(near), SlackOrders), _k.Add(Order(far), SlackOrders));
    }

    private U32 Order(F32 distance) => ScoreOrder.OfNumber(_k, _k.Subtract(_best, _k.Multiply(distance, _temperature)));
}

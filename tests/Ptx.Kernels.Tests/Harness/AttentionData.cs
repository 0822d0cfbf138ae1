using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>The operands of attention over sequences, and attention as it is defined.</summary>
internal sealed record AttentionData(int Sequences, int Queries, int Keys, HeadShape Heads, float[] Q, float[] K, float[] V)
{
    public int[]? KeyMask { get; init; }

    public float[]? Distances { get; init; }

    public int Reach { get; init; }

    public float[]? Scores { get; init; }

    /// <summary>Whether the scores are [rows, heads, keys], as those of a cache, instead of [sequences, heads, queries, keys].</summary>
    public bool ScoresByRow { get; init; }

    public float[]? Pairs { get; init; }

    public float[]? Factors { get; init; }

    /// <summary>[sequences, heads, queries, keys], multiplied with the probabilities: a dropout's mask.</summary>
    public float[]? PairFactors { get; init; }

    /// <summary>The position of each sequence's first query.</summary>
    public int FirstPosition { get; init; }

    /// <summary>Keys that are there; the rest of them is room.</summary>
    public int Length { get; init; } = Keys;

    public static AttentionData Random(int sequences, int queries, int keys, HeadShape heads, AttentionTermKinds kinds, int reach)
    {
        float[]? If(AttentionTermKinds kind, int seed, int count) => kinds.HasFlag(kind) ? Numbers.Random(seed, count) : null;
        return new AttentionData(
            sequences,
            queries,
            keys,
            heads,
            Numbers.Random(1, sequences * queries * heads.Heads * heads.HeadDim),
            Numbers.Random(2, sequences * keys * heads.KeyValueHeads * heads.HeadDim),
            Numbers.Random(3, sequences * keys * heads.KeyValueHeads * heads.ValueHeadDim))
        {
            KeyMask = kinds.HasFlag(AttentionTermKinds.KeyMask) ? Numbers.Integers(4, sequences * keys, 3) : null,
            Distances = If(AttentionTermKinds.Distances, 5, heads.Heads * ((2 * reach) - 1)),
            Reach = reach,
            Scores = If(AttentionTermKinds.Scores, 6, sequences * heads.Heads * queries * keys),
            Pairs = If(AttentionTermKinds.Pairs, 7, sequences * queries * keys),
            Factors = If(AttentionTermKinds.Factors, 8, sequences * queries * keys),
        };
    }

    /// <summary>The terms in the order of the kernels' parameters.</summary>
    public DeviceBuffer[] Terms(Device device)
    {
        List<DeviceBuffer> terms = [];
        if (KeyMask is not null) terms.Add(device.Of(KeyMask));
        terms.AddRange(new[] { Distances, Scores, Pairs, Factors }.OfType<float[]>().Select(device.Of));
        return [.. terms];
    }

    /// <summary>[sequences · queries, heads · value dimension], and the logarithms of the softmaxes' denominators.</summary>
    public (double[] O, double[] LogNormalizers) Attend(double scale, SightShape sight)
    {
        var o = new double[Sequences * Queries * Heads.Heads * Heads.ValueHeadDim];
        var normalizers = new double[Sequences * Heads.Heads * Queries];
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            for (int head = 0; head < Heads.Heads; head++)
            {
                for (int query = 0; query < Queries; query++) normalizers[(((sequence * Heads.Heads) + head) * Queries) + query] = Attend(scale, sight, sequence, head, query, o);
            }
        }

        return (o, normalizers);
    }

    private double Attend(double scale, SightShape sight, int sequence, int head, int query, double[] o)
    {
        int row = (sequence * Queries) + query, position = FirstPosition + query;
        double[] scores = [.. Enumerable.Range(0, Length).Select(key => IsSeen(sight, position, key) ? Score(scale, sequence, head, query, key) : double.NegativeInfinity)];
        double maximum = scores.Max();
        if (double.IsNegativeInfinity(maximum)) return maximum;
        double sum = scores.Sum(score => Math.Exp(score - maximum));
        for (int key = 0; key < Length; key++)
        {
            double p = Math.Exp(scores[key] - maximum) / sum;
            if (Factors is not null) p *= Factors[(row * Keys) + key];
            if (PairFactors is not null) p *= PairFactors[(((((sequence * Heads.Heads) + head) * Queries) + query) * Keys) + key];
            for (int n = 0; n < Heads.ValueHeadDim; n++)
            {
                o[(((row * Heads.Heads) + head) * Heads.ValueHeadDim) + n] +=
                    p * V[(((((sequence * Keys) + key) * Heads.KeyValueHeads) + (head / Heads.Shared)) * Heads.ValueHeadDim) + n];
            }
        }

        return maximum + Math.Log(sum);
    }

    private double Score(double scale, int sequence, int head, int query, int key)
    {
        if (KeyMask is not null && KeyMask[(sequence * Keys) + key] == 0) return double.NegativeInfinity;
        int row = (sequence * Queries) + query;
        double score = 0;
        for (int n = 0; n < Heads.HeadDim; n++)
        {
            score += (double)Q[(((row * Heads.Heads) + head) * Heads.HeadDim) + n]
                * K[(((((sequence * Keys) + key) * Heads.KeyValueHeads) + (head / Heads.Shared)) * Heads.HeadDim) + n];
        }

        score *= scale;
        if (Distances is not null) score += Distances[(head * ((2 * Reach) - 1)) + Reach - 1 + key - FirstPosition - query];
        int scoreRow = ScoresByRow ? (row * Heads.Heads) + head : (((sequence * Heads.Heads) + head) * Queries) + query;
        if (Scores is not null) score += Scores[(scoreRow * Keys) + key];
        return Pairs is null ? score : score + Pairs[(row * Keys) + key];
    }

    private static bool IsSeen(SightShape sight, int position, int key)
    {
        if (sight.Direction == SightDirection.Causal && key > position) return false;
        return sight.Window == 0 || (key > position - sight.Window && (sight.Direction == SightDirection.Causal || key < position + sight.Window));
    }
}

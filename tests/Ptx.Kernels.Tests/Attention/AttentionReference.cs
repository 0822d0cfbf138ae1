using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

/// <summary>Attention and its gradients in double, pair by pair.</summary>
internal sealed class AttentionReference
{
    private readonly AttentionCase _case;
    private readonly AttentionInputs _data;

    public AttentionReference(AttentionCase of, AttentionInputs data)
    {
        _case = of;
        _data = data;
        O = new double[of.Sequences * of.Queries * of.Heads * of.ValueHeadDim];
        LogNormalizers = new double[of.Sequences * of.Heads * of.Queries];
        Probabilities = new double[of.Pairs];
        Weights = new double[of.Pairs];
        ForEachRow(Forward);
    }

    public double[] O { get; }

    public double[] LogNormalizers { get; }

    /// <summary>Softmax alone.</summary>
    public double[] Probabilities { get; }

    /// <summary>What probabilities are multiplied with: dropout and factors.</summary>
    public double[] Weights { get; }

    /// <summary>What the gradients of a query's scores are centred by, after <see cref="Differentiate"/>.</summary>
    public double[] Means { get; private set; } = [];

    public double[] QueryGradient { get; private set; } = [];

    public double[] KeyGradient { get; private set; } = [];

    public double[] ValueGradient { get; private set; } = [];

    public double[] ScoreGradient { get; private set; } = [];

    /// <summary>Computes the gradients; <paramref name="weightGradient"/> adds to those of the weights.</summary>
    public void Differentiate(float[]? weightGradient)
    {
        Means = new double[LogNormalizers.Length];
        QueryGradient = new double[_data.Q.Length];
        KeyGradient = new double[_data.K.Length];
        ValueGradient = new double[_data.V.Length];
        ScoreGradient = new double[_case.Pairs];
        ForEachRow((sequence, head, query) => Backward(sequence, head, query, weightGradient));
    }

    public int Query(int sequence, int query, int head, int dimension) => (((sequence * _case.Queries) + query) * _case.Heads + head) * dimension;

    public int Key(int sequence, int key, int head, int dimension) =>
        ((((sequence * _case.Keys) + key) * _case.KeyValueHeads) + (head / (_case.Heads / _case.KeyValueHeads))) * dimension;

    /// <summary>The dropout factor of a probability.</summary>
    public static double Dropout(float rate, uint element)
    {
        if (rate == 0) return 1;
        uint word = Philox([element / 4, AttentionCase.Step, AttentionCase.RankAndMicroBatch, AttentionCase.Site], AttentionCase.SeedLow, AttentionCase.SeedHigh)[element % 4];
        return (word >> 8) / 16777216f < rate ? 0 : 1f / (1f - rate);
    }

    private static uint[] Philox(uint[] counter, uint key0, uint key1)
    {
        uint[] c = [.. counter];
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c[0], p1 = 0xCD9E8D57UL * c[2];
            c = [(uint)(p1 >> 32) ^ c[1] ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c[3] ^ key1, (uint)p0];
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return c;
    }

    private void ForEachRow(Action<int, int, int> body)
    {
        for (int sequence = 0; sequence < _case.Sequences; sequence++)
        {
            for (int head = 0; head < _case.Heads; head++)
            {
                for (int query = 0; query < _case.Queries; query++) body(sequence, head, query);
            }
        }
    }

    private int Row(int sequence, int head, int query) => ((sequence * _case.Heads) + head) * _case.Queries + query;

    private void Forward(int sequence, int head, int query)
    {
        int row = Row(sequence, head, query);
        var scores = new double[_case.Keys];
        for (int key = 0; key < _case.Keys; key++) scores[key] = Score(sequence, head, query, key);
        double maximum = scores.Max(), sum = double.IsNegativeInfinity(maximum) ? 0 : scores.Sum(score => Math.Exp(score - maximum));
        LogNormalizers[row] = sum == 0 ? double.NegativeInfinity : maximum + Math.Log(sum);
        for (int key = 0; key < _case.Keys; key++)
        {
            int pair = (row * _case.Keys) + key;
            Probabilities[pair] = sum == 0 ? 0 : Math.Exp(scores[key] - LogNormalizers[row]);
            Weights[pair] = Dropout(_case.Rate, (uint)pair);
            if (_data.Has(AttentionTermKinds.Factors)) Weights[pair] *= _data.Factors[(((sequence * _case.Queries) + query) * _case.Keys) + key];
            int o = Query(sequence, query, head, _case.ValueHeadDim), v = Key(sequence, key, head, _case.ValueHeadDim);
            for (int n = 0; n < _case.ValueHeadDim; n++) O[o + n] += Probabilities[pair] * Weights[pair] * _data.V[v + n];
        }
    }

    private double Score(int sequence, int head, int query, int key)
    {
        if (!_case.IsVisible(query, key)) return double.NegativeInfinity;
        if (_data.Has(AttentionTermKinds.KeyMask) && _data.Mask[(sequence * _case.Keys) + key] == 0) return double.NegativeInfinity;
        int q = Query(sequence, query, head, _case.HeadDim), k = Key(sequence, key, head, _case.HeadDim);
        double score = 0;
        for (int n = 0; n < _case.HeadDim; n++) score += (double)_data.Q[q + n] * _data.K[k + n];
        score *= _case.Spec.Scale;
        if (_data.Has(AttentionTermKinds.Distances)) score += _data.Distances[(head * ((2 * _case.Reach) - 1)) + _case.Reach - 1 + key - query];
        if (_data.Has(AttentionTermKinds.Scores)) score += _data.Scores[(Row(sequence, head, query) * _case.Keys) + key];
        if (_data.Has(AttentionTermKinds.Pairs)) score += _data.Pairs[(((sequence * _case.Queries) + query) * _case.Keys) + key];
        return score;
    }

    private void Backward(int sequence, int head, int query, float[]? weightGradient)
    {
        int row = Row(sequence, head, query), q = Query(sequence, query, head, _case.HeadDim), o = Query(sequence, query, head, _case.ValueHeadDim);
        var slopes = new double[_case.Keys];
        double mean = 0;
        for (int key = 0; key < _case.Keys; key++)
        {
            int pair = (row * _case.Keys) + key, v = Key(sequence, key, head, _case.ValueHeadDim);
            double slope = weightGradient?[pair] ?? 0;
            for (int n = 0; n < _case.ValueHeadDim; n++)
            {
                slope += (double)_data.OutputGradient[o + n] * _data.V[v + n];
                ValueGradient[v + n] += Probabilities[pair] * Weights[pair] * _data.OutputGradient[o + n];
            }

            slopes[key] = slope * Weights[pair];
            mean += Probabilities[pair] * slopes[key];
        }

        Means[row] = mean;
        for (int key = 0; key < _case.Keys; key++)
        {
            int pair = (row * _case.Keys) + key, k = Key(sequence, key, head, _case.HeadDim);
            ScoreGradient[pair] = Probabilities[pair] * (slopes[key] - mean);
            for (int n = 0; n < _case.HeadDim; n++)
            {
                QueryGradient[q + n] += _case.Spec.Scale * ScoreGradient[pair] * _data.K[k + n];
                KeyGradient[k + n] += _case.Spec.Scale * ScoreGradient[pair] * _data.Q[q + n];
            }
        }
    }
}

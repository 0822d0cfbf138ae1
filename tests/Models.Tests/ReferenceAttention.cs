using Transformer.Compiled;

namespace Models.Tests;

/// <summary>The scores and values of one attention block, written from the papers pair by pair.</summary>
internal sealed class ReferenceAttention(TransformerAttribute spec, IReadOnlyDictionary<string, double[]> weights, string stack, bool isCausal)
{
    private readonly int _keyValueHeads = spec.KeyValueHeads > 0 ? spec.KeyValueHeads : spec.Heads;

    private int HeadDim => spec.HeadDim > 0 ? spec.HeadDim : spec.DModel / spec.Heads;

    private int ValueHeadDim => spec.ValueHeadDim > 0 ? spec.ValueHeadDim : HeadDim;

    /// <summary>What the heads of each query take of the values; the rows that <paramref name="example"/> masks are hidden.</summary>
    /// <param name="prefix">Of the layer's self-attention.</param>
    public double[][] Self(double[][] x, string prefix, Example example, int[]? mask)
    {
        double[][] q = Heads(x, prefix, "query", spec.Heads), k = Heads(x, prefix, "key", _keyValueHeads), v = Values(x, prefix);
        return Mix(q, k, v, (i, j, head) => IsHidden(i, j, mask) ? double.NegativeInfinity : Score(i, j, head), (i, j) =>
            spec.PairMask == PairMask.Multiplicative ? example.Pairs![i * x.Length + j] : 1, distance => DistanceValue(distance, prefix));

        double Score(int i, int j, int head)
        {
            double score = Dot(q[i], head, k[j], Shared(head)) + Relative(q[i], head, k[j], i - j, prefix);
            return score / Math.Sqrt(HeadDim) + Distance(head, j - i) + Pair(example.Pairs, i * x.Length + j);
        }
    }

    /// <summary>Attention to the states of a source.</summary>
    public double[][] Cross(double[][] x, double[][] source, string prefix, int[]? mask)
    {
        double[][] q = [.. x.Select(row => Module(row, prefix + "query"))], k = [.. source.Select(row => Module(row, prefix + "key"))];
        double[][] v = [.. source.Select(row => Module(row, prefix + "value"))];
        return Mix(
            q, k, v, (i, j, head) => mask?[j] == 0 ? double.NegativeInfinity : Dot(q[i], head, k[j], Shared(head)) / Math.Sqrt(HeadDim), (_, _) => 1);
    }

    private double[][] Mix(double[][] q, double[][] k, double[][] v, Func<int, int, int, double> score, Func<int, int, double> factor, Func<int, double[]?>? distanceValue = null) =>
        [.. q.Select((_, i) => Enumerable.Range(0, spec.Heads).SelectMany(head =>
        {
            double[] probabilities = ReferenceMath.Softmax([.. k.Select((_, j) => score(i, j, head))]);
            var context = new double[ValueHeadDim];
            for (int j = 0; j < k.Length; j++)
            {
                double weight = probabilities[j] * factor(i, j);
                double[]? added = distanceValue?.Invoke(i - j);
                for (int c = 0; c < context.Length; c++) context[c] += weight * (v[j][Shared(head) * ValueHeadDim + c] + (added?[c] ?? 0));
            }
            return context;
        }).ToArray())];

    private bool IsHidden(int i, int j, int[]? mask) =>
        mask?[j] == 0 || isCausal && (j > i || spec.SlidingWindow > 0 && j <= i - spec.SlidingWindow);

    private int Shared(int head) => head / (spec.Heads / _keyValueHeads);

    private double Pair(float[]? pairs, int at) => spec.PairMask switch
    {
        PairMask.Boolean => pairs![at] == 0 ? double.NegativeInfinity : 0,
        PairMask.Additive => pairs![at],
        _ => 0,
    };

    private double Distance(int head, int distance) => spec.Position switch
    {
        PositionKind.RelativeBias => weights[stack + "relative_bias.weight"][Bucket(distance) * spec.Heads + head],
        PositionKind.Alibi => -ReferenceMath.AlibiSlope(head, spec.Heads) * Math.Abs(distance),
        _ => 0,
    };

    private int Bucket(int distance) => ReferenceMath.Bucket(
        distance, spec.RelativeBuckets > 0 ? spec.RelativeBuckets : 32, spec.RelativeMaxDistance > 0 ? spec.RelativeMaxDistance : 128, isCausal);

    /// <summary>q·a, and k·a where keys count too, a the vector of the clipped distance query − key.</summary>
    private double Relative(double[] q, int head, double[] k, int distance, string prefix)
    {
        if (spec.Position is not (PositionKind.RelativeKeys or PositionKind.RelativeKeysAndQueries or PositionKind.RelativeKeysAndValues)) return 0;
        double[] table = weights[prefix + "relative_keys.weight"];
        int middle = table.Length / HeadDim / 2, row = middle + Math.Clamp(distance, -middle, middle);
        return Dot(q, head, table, row) + (spec.Position == PositionKind.RelativeKeysAndQueries ? Dot(k, Shared(head), table, row) : 0);
    }

    /// <summary>What the clipped distance query − key adds to a value; null for nothing.</summary>
    private double[]? DistanceValue(int distance, string prefix)
    {
        if (spec.Position != PositionKind.RelativeKeysAndValues) return null;
        double[] table = weights[prefix + "relative_values.weight"];
        int middle = table.Length / ValueHeadDim / 2, row = middle + Math.Clamp(distance, -middle, middle);
        return table[(row * ValueHeadDim)..((row + 1) * ValueHeadDim)];
    }

    private double Dot(double[] q, int head, double[] k, int other)
    {
        double sum = 0;
        for (int i = 0; i < HeadDim; i++) sum += q[head * HeadDim + i] * k[other * HeadDim + i];
        return sum;
    }

    /// <summary>Projects, normalises each head where the model does, and gives it its position.</summary>
    private double[][] Heads(double[][] x, string prefix, string name, int heads) => [.. x.Select((row, position) =>
        Positioned(Module(row, prefix + name), prefix + name, position).Chunk(HeadDim).Take(heads)
            .SelectMany(head => Head(head, prefix + name, position)).ToArray())];

    private double[][] Values(double[][] x, string prefix) =>
        [.. x.Select((row, position) => Positioned(Module(row, prefix + "value"), prefix + "value", position))];

    private double[] Positioned(double[] row, string module, int position) => spec.Position == PositionKind.LearnedPerProjection
        ? ReferenceMath.Sum(row, weights[module + "_positions.weight"][(position * row.Length)..((position + 1) * row.Length)])
        : row;

    private double[] Head(double[] head, string module, int position)
    {
        if (spec.QueryKeyNorm) head = ReferenceStack.Norm(spec, weights, head, module + "_norm");
        if (spec.Position != PositionKind.Rotary) return head;
        int dimension = spec.RotaryDim > 0 ? spec.RotaryDim : HeadDim;
        var rotated = (double[])head.Clone();
        double factor = spec.RotaryScaling == RotaryScalingKind.Linear ? spec.RotaryScalingFactor : 1;
        for (int pair = 0; pair < dimension / 2; pair++)
        {
            double angle = position / factor / Math.Pow(spec.RotaryTheta, 2.0 * pair / dimension);
            (int a, int b) = spec.PairLayout == PairLayout.Halves ? (pair, pair + dimension / 2) : (2 * pair, 2 * pair + 1);
            rotated[a] = head[a] * Math.Cos(angle) - head[b] * Math.Sin(angle);
            rotated[b] = head[b] * Math.Cos(angle) + head[a] * Math.Sin(angle);
        }
        return rotated;
    }

    private double[] Module(double[] x, string module) => ReferenceMath.Project(x, weights[module + ".weight"], weights.GetValueOrDefault(module + ".bias"));
}

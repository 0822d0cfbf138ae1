using Transformer.Compiled.Checkpoints;

namespace Models.Tests.Visualization;

/// <summary>
/// A stack with norms before its sublayers, learned positions and ReLU, in scalar double precision, as plainly as possible; it shows the
/// weights of its attention.
/// </summary>
internal sealed class ReferenceStack(ModelWeights weights, string prefix, int layers, int heads)
{
    private readonly Dictionary<string, double[]> _weights = weights.Names.ToDictionary(name => name, name => Read(weights, name));

    /// <summary>[layer][head][query][key].</summary>
    public List<double[][][]> Self { get; } = [];

    /// <inheritdoc cref="Self"/>
    public List<double[][][]> Cross { get; } = [];

    /// <summary>The states of all tokens after the last norm.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="sees">Whether a query sees a key.</param>
    /// <param name="source">What cross-attention looks at, if there is any.</param>
    /// <param name="sourceMask">0 for what it does not see.</param>
    public double[][] Run(int[] tokens, Func<int, int, bool> sees, double[][]? source = null, int[]? sourceMask = null)
    {
        double[][] x = [.. tokens.Select((token, position) => Sum(Row("embedding.tokens.weight", token, Width), Row("embedding.positions.weight", position, Width)))];
        for (int layer = 0; layer < layers; layer++)
        {
            string name = $"layers.{layer}.";
            double[][] normed = Norm(x, name + "attention.norm");
            x = Sum(x, Attend(normed, normed, name + "attention.", sees, Self));
            if (source is not null) x = Sum(x, Attend(Norm(x, name + "cross_attention.norm"), source, name + "cross_attention.", (_, key) => sourceMask![key] != 0, Cross));
            double[][] hidden = Project(Norm(x, name + "feed_forward.norm"), name + "feed_forward.up");
            x = Sum(x, Project([.. hidden.Select(row => Array.ConvertAll(row, v => Math.Max(0, v)))], name + "feed_forward.down"));
        }
        return Norm(x, "final_norm");
    }

    private int Width => _weights[prefix + "final_norm.weight"].Length;

    private static double[] Read(ModelWeights weights, string name)
    {
        int count = 1;
        foreach (int dimension in weights.Shape(name)) count *= dimension;
        var values = new float[count];
        weights.Export(name, values);
        return Array.ConvertAll(values, v => (double)v);
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u + v)];

    private static double[][] Sum(double[][] a, double[][] b) => [.. a.Zip(b, Sum)];

    private double[] Row(string table, int row, int width) => _weights[prefix + table].AsSpan(row * width, width).ToArray();

    private double[][] Attend(double[][] queries, double[][] keys, string name, Func<int, int, bool> sees, List<double[][][]> seen)
    {
        double[][] q = Project(queries, name + "query"), k = Project(keys, name + "key"), v = Project(keys, name + "value");
        int width = q[0].Length / heads;
        double[][] context = [.. queries.Select(_ => new double[q[0].Length])];
        var weights = new double[heads][][];
        for (int head = 0; head < heads; head++)
        {
            weights[head] = [.. queries.Select((_, query) => Weights(q[query], head, query))];
            for (int query = 0; query < queries.Length; query++)
            {
                for (int key = 0; key < keys.Length; key++)
                {
                    for (int i = head * width; i < (head + 1) * width; i++) context[query][i] += weights[head][query][key] * v[key][i];
                }
            }
        }
        seen.Add(weights);
        return Project(context, name + "output");

        double[] Weights(double[] row, int head, int query)
        {
            double[] scores = [.. keys.Select((_, key) => sees(query, key) ? Dot(row, k[key], head) / Math.Sqrt(width) : double.NegativeInfinity)];
            double largest = scores.Max();
            double[] powers = [.. scores.Select(score => Math.Exp(score - largest))];
            return [.. powers.Select(power => power / powers.Sum())];
        }

        double Dot(double[] a, double[] b, int head) => Enumerable.Range(head * width, width).Sum(i => a[i] * b[i]);
    }

    private double[][] Norm(double[][] x, string module)
    {
        double[] scale = _weights[$"{prefix}{module}.weight"], shift = _weights[$"{prefix}{module}.bias"];
        return [.. x.Select(row =>
        {
            double mean = row.Average(), deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-5f);
            return row.Select((v, i) => ((v - mean) / deviation * scale[i]) + shift[i]).ToArray();
        })];
    }

    private double[][] Project(double[][] x, string module)
    {
        double[] weight = _weights[$"{prefix}{module}.weight"], bias = _weights[$"{prefix}{module}.bias"];
        return [.. x.Select(row => bias.Select((b, n) => b + row.Select((v, i) => v * weight[(n * row.Length) + i]).Sum()).ToArray())];
    }
}

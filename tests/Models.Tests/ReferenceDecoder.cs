using System.Reflection;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;

namespace Models.Tests;

/// <summary>
/// A decoder written down from the papers in scalar double precision, as plainly as possible. It reads the model's own attribute, and
/// shares no code with the compiler or the kernels. Dropout is left out.
/// </summary>
internal sealed class ReferenceDecoder
{
    private readonly TransformerAttribute _spec;
    private readonly Dictionary<string, double[]> _weights;
    private readonly int _keyValueHeads, _headDim, _rotaryDim;

    public ReferenceDecoder(Type model, ModelWeights weights)
    {
        _spec = model.GetCustomAttribute<TransformerAttribute>()!;
        _keyValueHeads = _spec.KeyValueHeads > 0 ? _spec.KeyValueHeads : _spec.Heads;
        _headDim = _spec.HeadDim > 0 ? _spec.HeadDim : _spec.DModel / _spec.Heads;
        _rotaryDim = _spec.RotaryDim > 0 ? _spec.RotaryDim : _headDim;
        _weights = weights.Names.ToDictionary(name => name, name => Read(weights, name));
    }

    /// <summary>The attention weights of the last text, [layers, heads, queries, keys].</summary>
    public double[] Seen { get; private set; } = [];

    /// <summary>The parameters by name: a test may change them.</summary>
    public IReadOnlyDictionary<string, double[]> Weights => _weights;

    /// <summary>The mean cross-entropy over rows whose target is not −100.</summary>
    public double Loss(int[] inputs, int[] targets, int sequenceLength)
    {
        double sum = 0;
        int count = 0;
        for (int start = 0; start < inputs.Length; start += sequenceLength)
        {
            double[][] logits = Logits(inputs.AsSpan(start, sequenceLength).ToArray());
            for (int t = 0; t < sequenceLength; t++)
            {
                int target = targets[start + t];
                if (target == -100) continue;
                double largest = logits[t].Max();
                sum += Math.Log(logits[t].Sum(x => Math.Exp(x - largest))) + largest - logits[t][target];
                count++;
            }
        }
        return sum / count;
    }

    public double[][] Logits(int[] tokens)
    {
        double[][] x = [.. tokens.Select(Embed)];
        Seen = new double[_spec.Layers * _spec.Heads * tokens.Length * tokens.Length];
        for (int layer = 0; layer < _spec.Layers; layer++)
        {
            string prefix = $"layers.{layer}.";
            Memory<double> seen = Seen.AsMemory(layer * Seen.Length / _spec.Layers, Seen.Length / _spec.Layers);
            x = Sublayer(x, prefix + "attention.norm", input => Attention(input, prefix + "attention.", seen));
            x = Sublayer(x, prefix + "feed_forward.norm", input => [.. input.Select(row => FeedForward(row, prefix + "feed_forward."))]);
        }
        if (_spec.NormPlacement == NormPlacement.Pre) x = [.. x.Select(row => Norm(row, "final_norm"))];
        string head = _spec.TiedHead ? "embedding.tokens.weight" : "head.weight";
        return [.. x.Select(row => Project(row, _weights[head], _weights.GetValueOrDefault("head.bias")))];
    }

    private static double[] Read(ModelWeights weights, string name)
    {
        int count = 1;
        foreach (int dimension in weights.Shape(name)) count *= dimension;
        var values = new float[count];
        weights.Export(name, values);
        return Array.ConvertAll(values, v => (double)v);
    }

    private double[] Embed(int token, int position)
    {
        int width = _spec.DModel;
        var x = new double[width];
        for (int i = 0; i < width; i++)
        {
            x[i] = (float)_spec.EmbeddingScale * _weights["embedding.tokens.weight"][token * width + i] + _spec.Position switch
            {
                PositionKind.Learned => _weights["embedding.positions.weight"][position * width + i],
                PositionKind.Sinusoidal => Sinusoid(position, i),
                _ => 0,
            };
        }
        return x;
    }

    private double Sinusoid(int position, int index)
    {
        int half = _spec.DModel / 2;
        (int pair, bool isSine) = _spec.PairLayout == PairLayout.Interleaved ? (index / 2, index % 2 == 0) : (index % half, index < half);
        double angle = position / Math.Pow(_spec.RotaryTheta, 2.0 * pair / _spec.DModel);
        return isSine ? Math.Sin(angle) : Math.Cos(angle);
    }

    private double[][] Sublayer(double[][] x, string norm, Func<double[][], double[][]> function)
    {
        bool isPre = _spec.NormPlacement == NormPlacement.Pre;
        double[][] y = function(isPre ? [.. x.Select(row => Norm(row, norm))] : x);
        double[][] sum = [.. x.Zip(y, (a, b) => a.Zip(b, (u, v) => u + v).ToArray())];
        return isPre ? sum : [.. sum.Select(row => Norm(row, norm))];
    }

    private double[][] Attention(double[][] x, string prefix, Memory<double> seen)
    {
        double[][] q = Heads(x, prefix + "query", _spec.Heads), k = Heads(x, prefix + "key", _keyValueHeads);
        double[][] v = [.. x.Select(row => Module(row, prefix + "value"))];
        return [.. x.Select((_, t) => Module(Context(t), prefix + "output"))];

        double[] Context(int t)
        {
            var context = new double[_spec.Heads * _headDim];
            for (int head = 0; head < _spec.Heads; head++)
            {
                int shared = head / (_spec.Heads / _keyValueHeads);
                int first = _spec.SlidingWindow > 0 ? Math.Max(0, t - _spec.SlidingWindow + 1) : 0;
                double[] scores = [.. Enumerable.Range(first, t - first + 1).Select(s => Dot(q[t], head, k[s], shared) / Math.Sqrt(_headDim))];
                double largest = scores.Max(), total = scores.Sum(s => Math.Exp(s - largest));
                for (int s = 0; s < scores.Length; s++)
                {
                    double weight = Math.Exp(scores[s] - largest) / total;
                    seen.Span[(head * x.Length + t) * x.Length + first + s] = weight;
                    for (int i = 0; i < _headDim; i++) context[head * _headDim + i] += weight * v[first + s][shared * _headDim + i];
                }
            }
            return context;
        }
    }

    private double Dot(double[] q, int head, double[] k, int shared)
    {
        double sum = 0;
        for (int i = 0; i < _headDim; i++) sum += q[head * _headDim + i] * k[shared * _headDim + i];
        return sum;
    }

    /// <summary>Projects, normalises each head where the model does, and rotates.</summary>
    private double[][] Heads(double[][] x, string module, int heads) =>
        [.. x.Select((row, position) => Module(row, module).Chunk(_headDim).Take(heads).SelectMany(head => Head(head, module, position)).ToArray())];

    private double[] Head(double[] head, string module, int position)
    {
        if (_spec.QueryKeyNorm) head = Norm(head, module + "_norm");
        if (_spec.Position != PositionKind.Rotary) return head;
        var rotated = (double[])head.Clone();
        double factor = _spec.RotaryScaling == RotaryScalingKind.Linear ? _spec.RotaryScalingFactor : 1;
        for (int pair = 0; pair < _rotaryDim / 2; pair++)
        {
            double angle = position / factor / Math.Pow(_spec.RotaryTheta, 2.0 * pair / _rotaryDim);
            (int a, int b) = _spec.PairLayout == PairLayout.Halves ? (pair, pair + _rotaryDim / 2) : (2 * pair, 2 * pair + 1);
            rotated[a] = head[a] * Math.Cos(angle) - head[b] * Math.Sin(angle);
            rotated[b] = head[b] * Math.Cos(angle) + head[a] * Math.Sin(angle);
        }
        return rotated;
    }

    private double[] FeedForward(double[] x, string prefix)
    {
        double[] up = Module(x, prefix + "up");
        double[] hidden = _spec.Gated ? [.. Module(x, prefix + "gate").Zip(up, (g, u) => Activate(g) * u)] : [.. up.Select(Activate)];
        return Module(hidden, prefix + "down");
    }

    private double Activate(double x) => _spec.Activation switch
    {
        Activation.Relu => Math.Max(0, x),
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Tanh => Math.Tanh(x),
        Activation.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        _ => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
    };

    /// <summary>erf(x) = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, whose terms all have one sign (Abramowitz and Stegun, 7.1.6).</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6) return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private double[] Norm(double[] x, string module)
    {
        double[] weight = _weights[module + ".weight"];
        bool centres = _spec.Norm == NormKind.LayerNorm;
        double mean = centres ? x.Average() : 0;
        double deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + (float)_spec.NormEpsilon);
        return [.. x.Select((v, i) => (v - mean) / deviation * weight[i] + (centres ? _weights[module + ".bias"][i] : 0))];
    }

    private double[] Module(double[] x, string module) =>
        Project(x, _weights[module + ".weight"], _weights.GetValueOrDefault(module + ".bias"));

    private static double[] Project(double[] x, double[] weight, double[]? bias)
    {
        var y = new double[weight.Length / x.Length];
        for (int n = 0; n < y.Length; n++)
        {
            double sum = bias?[n] ?? 0;
            for (int i = 0; i < x.Length; i++) sum += x[i] * weight[n * x.Length + i];
            y[n] = sum;
        }
        return y;
    }
}

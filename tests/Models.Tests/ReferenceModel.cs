using System.Reflection;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>
/// A transformer of any architecture written down from the papers in scalar double precision, as plainly as possible. It reads the
/// model's own attributes, and shares no code with the compiler or the kernels. Dropout is left out.
/// </summary>
internal sealed class ReferenceModel
{
    private readonly TransformerAttribute _spec;
    private readonly LossKind _loss;
    private readonly Dictionary<string, double[]> _weights;
    private readonly ReferenceStack _main;
    private readonly ReferenceStack? _encoder;

    public ReferenceModel(Type model, ModelWeights weights)
    {
        _spec = model.GetCustomAttribute<TransformerAttribute>()!;
        _loss = model.GetCustomAttribute<TrainingAttribute>()?.Loss ?? LossKind.CrossEntropy;
        _weights = weights.Names.ToDictionary(name => name, name => Array.ConvertAll(OddWeights.Export(weights, name), v => (double)v));
        bool hasSource = _spec.Architecture == Architecture.EncoderDecoder;
        // An attribute cannot say that nothing was said: an encoder here is causal only with a window.
        bool isCausal = _spec.Architecture != Architecture.EncoderOnly || _spec.SlidingWindow > 0;
        _main = new ReferenceStack(_spec, _weights, hasSource ? "decoder." : "", isCausal);
        _encoder = hasSource ? new ReferenceStack(_spec, _weights, "encoder.", isCausal: false) : null;
    }

    /// <summary>The parameters by name: a test may change them.</summary>
    public IReadOnlyDictionary<string, double[]> Weights => _weights;

    /// <summary>The states that enter each layer, and after them those that the head looks at.</summary>
    public double[][][] States(Example example)
    {
        double[][]? source = _encoder?.States(example, example.Source, example.SourceMask)[^1];
        return _main.States(example, example.Tokens, example.Mask, source);
    }

    /// <summary>The vector of a sequence.</summary>
    public double[] Pooled(Example example)
    {
        double[][] states = States(example)[^1];
        double[][] seen = example.Mask is null ? states : [.. states.Where((_, t) => example.Mask[t] != 0)];
        double[] x = Pooling switch
        {
            PoolingKind.First => states[0],
            PoolingKind.Mean => [.. states[0].Select((_, i) => seen.Length == 0 ? 0 : seen.Average(row => row[i]))],
            _ => [.. states[0].Select((_, i) => seen.Length == 0 ? 0 : seen.Max(row => row[i]))],
        };
        if (_weights.ContainsKey("pooler.weight")) x = [.. Module(x, "pooler").Select(Math.Tanh)];
        if (!_spec.NormalizePooled) return x;
        double length = Math.Max(1e-12, Math.Sqrt(x.Sum(v => v * v)));
        return [.. x.Select(v => v / length)];
    }

    /// <summary>A row for each position, one for a sequence, or two of an answer: starts and ends.</summary>
    public double[][] Logits(Example example)
    {
        if (_spec.Head == HeadKind.SequenceClassification) return [Module(Pooled(example), "classifier")];
        double[][] states = States(example)[^1];
        if (_spec.Head == HeadKind.TokenClassification) return [.. states.Select(row => Module(row, "token_classifier"))];
        if (_spec.Head != HeadKind.SpanExtraction) return [.. states.Select(Vocabulary)];
        double[][] ends = [.. states.Select(row => Module(row, "span_classifier"))];
        return [[.. ends.Select(row => row[0])], [.. ends.Select(row => row[1])]];
    }

    /// <summary>The mean loss of a batch, as its trainer defines it.</summary>
    public double Loss(TrainingBatch batch) => Loss(
        Example.Of(batch),
        batch.Names.Contains(nameof(batch.Targets)) ? batch.Targets.ToArray() : [],
        batch.Names.Contains(nameof(batch.TargetValues)) ? batch.TargetValues.ToArray() : []);

    public double Loss(Example[] examples, int[] targets, float[] values)
    {
        double[][][] logits = [.. examples.Select(Logits)];
        double[][] rows = _spec.Head == HeadKind.SpanExtraction
            ? [.. logits.Select(spans => spans[0]), .. logits.Select(spans => spans[1])]
            : [.. logits.SelectMany(example => example)];
        if (_loss == LossKind.CrossEntropy)
            return rows.Zip(targets).Where(row => row.Second != Labels.Ignored).Average(row => ReferenceMath.LogSumExp(row.First) - row.First[row.Second]);

        double[][] wanted = [.. values.Chunk(rows[0].Length).Select(row => Array.ConvertAll(row, v => (double)v))];
        if (_loss == LossKind.SoftTargets)
            return rows.Zip(wanted, (x, t) => x.Zip(t, (a, p) => p * (ReferenceMath.LogSumExp(x) - a)).Sum()).Average();
        IEnumerable<(double X, double Target)> elements = rows.Zip(wanted, (x, t) => x.Zip(t)).SelectMany(row => row);
        return elements.Average(e => _loss == LossKind.MeanSquaredError
            ? (e.X - e.Target) * (e.X - e.Target)
            : Math.Max(e.X, 0) - e.X * e.Target + Math.Log(1 + Math.Exp(-Math.Abs(e.X))));
    }

    private PoolingKind Pooling =>
        _spec.Pooling == PoolingKind.None && _spec.Head == HeadKind.SequenceClassification ? PoolingKind.First : _spec.Pooling;

    private double[] Vocabulary(double[] x)
    {
        if (_weights.ContainsKey("head_transform.weight"))
        {
            x = [.. Module(x, "head_transform").Select(v => ReferenceMath.Activate(_spec.Activation, v))];
            x = ReferenceStack.Norm(_spec, _weights, x, "head_transform.norm");
        }
        return ReferenceMath.Project(x, _weights.GetValueOrDefault("head.weight") ?? _main.TokenTable, _weights.GetValueOrDefault("head.bias"));
    }

    private double[] Module(double[] x, string module) => ReferenceMath.Project(x, _weights[module + ".weight"], _weights.GetValueOrDefault(module + ".bias"));
}

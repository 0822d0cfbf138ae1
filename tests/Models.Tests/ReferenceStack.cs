using Transformer.Compiled;

namespace Models.Tests;

/// <summary>An embedding and its layers: an encoder, or a decoder, of one sequence.</summary>
/// <param name="spec">The model's attribute.</param>
/// <param name="weights">Parameters by name; those that the model has not got are not computed with.</param>
/// <param name="prefix">Before the names of the stack's parameters.</param>
/// <param name="isCausal">Whether a position sees none behind it.</param>
internal sealed class ReferenceStack(TransformerAttribute spec, IReadOnlyDictionary<string, double[]> weights, string prefix, bool isCausal)
{
    private readonly ReferenceAttention _attention = new(spec, weights, prefix, isCausal);

    /// <summary>The table of tokens, which an encoder and a decoder may share.</summary>
    public double[] TokenTable => weights.GetValueOrDefault(prefix + "embedding.tokens.weight") ?? weights["embedding.tokens.weight"];

    /// <summary>The states that enter each layer, and after them those that leave the stack.</summary>
    /// <param name="example">The inputs beside the tokens.</param>
    /// <param name="tokens">The stack's own.</param>
    /// <param name="mask">0 for tokens that none sees.</param>
    /// <param name="source">States that a decoder attends to.</param>
    public double[][][] States(Example example, int[] tokens, int[]? mask, double[][]? source = null)
    {
        double[][] x = Embed(example, tokens);
        List<double[][]> states = [x], outputs = [x];
        for (int layer = 0; weights.ContainsKey($"{prefix}layers.{layer}.attention.query.weight"); layer++)
        {
            if (spec.PositionEveryLayer && layer > 0) x = [.. x.Select((row, t) => ReferenceMath.Sum(row, Position(t, row.Length)))];
            x = Layer(x, $"{prefix}layers.{layer}.", example, mask, source);
            states.Add(x);
            outputs.Add(x);
        }
        if (spec.LayerSum) x = LayerSum(outputs);
        states[^1] = weights.ContainsKey(prefix + "final_norm.weight") ? Norms(x, prefix + "final_norm") : x;
        return [.. states];
    }

    public static double[] Norm(TransformerAttribute spec, IReadOnlyDictionary<string, double[]> weights, double[] x, string module)
    {
        double[] weight = weights[module + ".weight"];
        bool centres = spec.Norm == NormKind.LayerNorm;
        double mean = centres ? x.Average() : 0;
        double deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + (float)spec.NormEpsilon);
        return [.. x.Select((v, i) => (v - mean) / deviation * weight[i] + (centres ? weights[module + ".bias"][i] : 0))];
    }

    private double[][] Embed(Example example, int[] tokens)
    {
        double[][] x = example.Pixels is { } pixels ? EmbedImage(pixels) : [.. tokens.Select((token, t) => EmbedToken(token, example.Types?[t]))];
        if (spec.InputMask) x = [.. x.Select((row, t) => row.Select(v => v * example.Scale![t]).ToArray())];
        if (spec.Position is PositionKind.Learned or PositionKind.Sinusoidal) x = [.. x.Select(Join)];
        return weights.ContainsKey(prefix + "embedding.norm.weight") ? Norms(x, prefix + "embedding.norm") : x;
    }

    private double[] EmbedToken(int token, int? type)
    {
        int width = spec.PositionCombination == PositionCombination.Concatenated ? spec.DModel - spec.PositionWidth : spec.DModel;
        double[] x = [.. TokenTable[(token * width)..((token + 1) * width)].Select(v => (float)spec.EmbeddingScale * v)];
        return type is null ? x : ReferenceMath.Sum(x, weights[prefix + "embedding.types.weight"][(type.Value * width)..((type.Value + 1) * width)]);
    }

    /// <summary>The class token, then a projection of each patch, row by row; a patch's elements in the order channel, y, x.</summary>
    private double[][] EmbedImage(float[] pixels)
    {
        int height = spec.ImageHeight, width = spec.ImageWidth > 0 ? spec.ImageWidth : height, size = spec.PatchSize, channels = pixels.Length / height / width;
        List<double[]> rows = [weights[prefix + "embedding.class_token.weight"]];
        for (int top = 0; top + size <= height; top += size)
        {
            for (int left = 0; left + size <= width; left += size)
            {
                double[] patch = [.. Enumerable.Range(0, channels * size * size).Select(i =>
                    (double)pixels[(i / (size * size) * height + top + i / size % size) * width + left + i % size])];
                rows.Add(Module(patch, prefix + "embedding.patches"));
            }
        }
        return [.. rows];
    }

    private double[] Join(double[] x, int position)
    {
        if (spec.PositionCombination == PositionCombination.Added) return ReferenceMath.Sum(x, Position(position, x.Length));
        double[] both = [.. x, .. Position(position, spec.PositionWidth)];
        return spec.PositionCombination == PositionCombination.Concatenated ? both : Module(both, prefix + "embedding.projection");
    }

    private double[] Position(int position, int width) => spec.Position == PositionKind.Learned
        ? weights[prefix + "embedding.positions.weight"][(position * width)..((position + 1) * width)]
        : [.. Enumerable.Range(0, width).Select(i => ReferenceMath.Sinusoid(position, i, width, 10_000, spec.PairLayout))];

    private double[][] Layer(double[][] x, string layer, Example example, int[]? mask, double[][]? source)
    {
        string attention = layer + "attention.", cross = layer + "cross_attention.", feedForward = layer + "feed_forward.";
        double[][] Attend(double[][] input) => Output(_attention.Self(input, attention, example, mask), attention + "output");
        double[][] Forward(double[][] input) => [.. input.Select(row => FeedForward(row, feedForward))];

        if (spec.Residual is ResidualKind.Parallel or ResidualKind.ParallelSharedNorm)
        {
            double[][] input = Norms(x, attention + "norm");
            double[][] other = spec.Residual == ResidualKind.Parallel ? Norms(x, feedForward + "norm") : input;
            return Sums(Sums(x, Attend(input)), Forward(other));
        }

        x = Sublayer(x, attention + "norm", Attend);
        if (source is not null) x = Sublayer(x, cross + "norm", input => Output(_attention.Cross(input, source, cross, example.SourceMask), cross + "output"));
        return Sublayer(x, feedForward + "norm", Forward);
    }

    private double[][] Sublayer(double[][] x, string norm, Func<double[][], double[][]> function)
    {
        bool isPre = spec.NormPlacement == NormPlacement.Pre;
        double[][] y = function(isPre ? Norms(x, norm) : x);
        if (spec.Residual != ResidualKind.None) y = Sums(x, y);
        return isPre ? y : Norms(y, norm);
    }

    private double[][] Output(double[][] contexts, string module) => spec.AttentionOutput ? [.. contexts.Select(row => Module(row, module))] : contexts;

    private double[] FeedForward(double[] x, string module)
    {
        if (spec.LinearFeedForward) return Module(x, module + "down");
        double[] up = Module(x, module + "up");
        double Activate(double value) => ReferenceMath.Activate(spec.Activation, value);
        double[] hidden = spec.Gated ? [.. Module(x, module + "gate").Zip(up, (g, u) => Activate(g) * u)] : [.. up.Select(Activate)];
        return Module(hidden, module + "down");
    }

    /// <summary>γ · Σ softmax(w)ᵢ · xᵢ (Peters et al., 2018, equation 1).</summary>
    private double[][] LayerSum(List<double[][]> outputs)
    {
        double[] shares = ReferenceMath.Softmax(weights[prefix + "layer_sum.weights"]);
        double scale = weights[prefix + "layer_sum.scale"][0];
        return [.. outputs[0].Select((row, t) => row.Select((_, i) => scale * outputs.Select((x, layer) => shares[layer] * x[t][i]).Sum()).ToArray())];
    }

    private double[][] Norms(double[][] x, string module) => [.. x.Select(row => Norm(spec, weights, row, module))];

    private double[] Module(double[] x, string module) => ReferenceMath.Project(x, weights[module + ".weight"], weights.GetValueOrDefault(module + ".bias"));

    private static double[][] Sums(double[][] a, double[][] b) => [.. a.Zip(b, ReferenceMath.Sum)];
}

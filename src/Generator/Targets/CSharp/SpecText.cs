using System.Globalization;
using System.Text;
using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>A spec as lines that a person reads in a file's header; their hash identifies the spec.</summary>
internal static class SpecText
{
    public static IReadOnlyList<string> Lines(ModelDeclaration declaration)
    {
        TransformerSpec spec = declaration.Spec;
        AttentionSpec attention = spec.Attention;
        FeedForwardSpec feedForward = spec.FeedForward;
        var lines = new List<string>
        {
            $"decoder-only: vocabulary {N(spec.VocabularySize)}, context {N(spec.ContextLength)}, d_model {N(spec.DModel)}, layers {N(spec.Layers)}",
            $"attention: {N(attention.Heads)} heads of {N(attention.HeadDim)}, {N(attention.KeyValueHeads)} key/value heads, scale {F(attention.Scale)}, "
                + (attention.Causal ? "causal" : "bidirectional")
                + (attention.SlidingWindow > 0 ? $", window {N(attention.SlidingWindow)}" : "")
                + (attention.QueryKeyNorm ? ", query/key norm" : "")
                + Biases(("query", attention.QueryBias), ("key", attention.KeyBias), ("value", attention.ValueBias), ("output", attention.OutputBias)),
            $"feed-forward: {N(feedForward.Dim)}, {(feedForward.Gated ? "gated " : "")}{feedForward.Activation}"
                + Biases(("input", feedForward.InputBias), ("output", feedForward.OutputBias)),
            $"norm: {spec.Norm.Placement} {spec.Norm.Kind}, epsilon {F(spec.Norm.Epsilon)}",
            "positions: " + Position(spec.Position),
            $"head: {(spec.Head.Tied ? "tied" : "untied")}{Biases(("head", spec.Head.Bias))}; embedding scale {F(spec.EmbeddingScale)}",
            $"dropout: embedding {F(spec.Dropout.Embedding)}, attention {F(spec.Dropout.Attention)}, residual {F(spec.Dropout.Residual)}",
            $"initialisation: {spec.Initialization.Kind}, deviation {F(spec.Initialization.StandardDeviation)}; checkpoint names: {spec.Checkpoint}",
            $"inference: {N(declaration.Inference.Batch)} rows, prefill by {N(declaration.Inference.PrefillChunk)}",
        };
        if (declaration.Training is { } training)
        {
            string frozen = training.Frozen.Count > 0 ? ", frozen " + string.Join(" ", training.Frozen) : "";
            lines.Add($"training: {N(training.BatchSize)} sequences of {N(training.SequenceLength)}{frozen}");
        }
        return lines;
    }

    /// <summary>FNV-1a, 64 bits, over the lines.</summary>
    public static string Hash(IEnumerable<string> lines)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(string.Join("\n", lines))) hash = unchecked((hash ^ b) * 1099511628211);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static string Position(PositionSpec position)
    {
        if (position.Kind is PositionKind.None or PositionKind.Learned) return position.Kind.ToString();
        string text = $"{position.Kind}, {position.Layout}, theta {F((float)position.Theta)}";
        if (position.Kind == PositionKind.Sinusoidal) return text;
        RotaryScalingSpec scaling = position.Scaling;
        return text + $", {N(position.RotaryDim)} of a head" + scaling.Kind switch
        {
            RotaryScalingKind.None => "",
            RotaryScalingKind.Linear => $", linear scaling by {F((float)scaling.Factor)}",
            _ => $", llama3 scaling by {F((float)scaling.Factor)} from {F((float)scaling.LowFrequencyFactor)} to {F((float)scaling.HighFrequencyFactor)} of {N(scaling.OriginalContextLength)}",
        };
    }

    private static string Biases(params (string Name, bool Has)[] biases)
    {
        string[] present = [.. biases.Where(b => b.Has).Select(b => b.Name)];
        return present.Length == 0 ? "" : $", bias on {string.Join("/", present)}";
    }

    private static string N(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string F(float value) => FloatLiteral.Format(value).TrimEnd('f');
}

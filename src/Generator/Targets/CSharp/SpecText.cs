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
        var lines = new List<string>();
        foreach (StackSpec stack in spec.Stacks) lines.AddRange(Stack(spec, stack));
        lines.Add("head: " + Head(spec));
        lines.Add($"dropout: embedding {F(spec.Dropout.Embedding)}, attention {F(spec.Dropout.Attention)}, residual {F(spec.Dropout.Residual)}"
            + If(spec.Dropout is { AfterAttention: false, Residual: > 0 }, " (not after attention)") + If(spec.Dropout.FeedForward > 0, $", feed-forward {F(spec.Dropout.FeedForward)}")
            + If(spec.Dropout.FinalNorm > 0, $", final norm {F(spec.Dropout.FinalNorm)}") + If(spec.Dropout.Pooler > 0, $", pooler {F(spec.Dropout.Pooler)}")
            + If(spec.Dropout.Head > 0, $", head {F(spec.Dropout.Head)}"));
        lines.Add($"initialisation: {spec.Initialization.Kind}, deviation {F(spec.Initialization.StandardDeviation)}; checkpoint names: {spec.Checkpoint}");
        lines.Add(spec.Architecture == Architecture.EncoderOnly
            ? $"inference: {N(declaration.Inference.Batch)} sequences of {N(declaration.Inference.SequenceLength)}" + If(declaration.Inference.HiddenStates, ", states of all layers")
            : $"inference: {N(declaration.Inference.Batch)} rows, prefill by {N(declaration.Inference.PrefillChunk)}");
        if (declaration.CapturesAttention) lines.Add("attention: visible");
        if (declaration.Cuda is { } cuda) lines.Add($"GPUs: {cuda.Architecture} and later, products of {cuda.Precision}");
        if (declaration.Training is { } training)
        {
            string frozen = training.Frozen.Count > 0 ? ", frozen " + string.Join(" ", training.Frozen) : "";
            lines.Add($"training: {N(training.BatchSize)} sequences of {N(training.SequenceLength)}"
                + If(training.SourceLength > 0, $" from sources of {N(training.SourceLength)}") + frozen);
        }
        return lines;
    }

    private static IEnumerable<string> Stack(TransformerSpec spec, StackSpec stack)
    {
        AttentionSpec attention = stack.Attention;
        FeedForwardSpec feedForward = stack.FeedForward;
        string name = spec.Architecture switch
        {
            Architecture.DecoderOnly => "decoder-only",
            Architecture.EncoderOnly => "encoder-only",
            _ => stack.CrossAttention is null ? "encoder" : "decoder with cross-attention",
        };
        string input = spec.Embedding.Image is { } image
            ? $"images {N(image.Channels)}x{N(image.Height)}x{N(image.Width)} in patches of {N(image.PatchSize)}x{N(image.PatchSize)}"
            : $"vocabulary {N(stack.VocabularySize)}";
        yield return $"{name}: {input}, context {N(stack.ContextLength)}, d_model {N(spec.DModel)}, layers {N(stack.Layers)}" + If(stack.LayerSum, ", weighted sum of layers");
        yield return $"attention: {N(attention.Heads)} heads of {N(attention.HeadDim)}"
            + If(attention.ValueHeadDim != attention.HeadDim, $" (values of {N(attention.ValueHeadDim)})")
            + $", {N(attention.KeyValueHeads)} key/value heads, scale {F(attention.Scale)}, "
            + (attention.Causal ? "causal" : "bidirectional")
            + If(attention.SlidingWindow > 0, $", window {N(attention.SlidingWindow)}")
            + If(attention.PairMask != PairMask.None, $", {attention.PairMask} pair mask")
            + If(attention.QueryKeyNorm, ", query/key norm")
            + If(!attention.HasOutput, ", no output projection")
            + Biases(("query", attention.QueryBias), ("key", attention.KeyBias), ("value", attention.ValueBias), ("output", attention.OutputBias));
        yield return feedForward.IsLinear
            ? "feed-forward: one linear layer" + Biases(("output", feedForward.OutputBias))
            : $"feed-forward: {N(feedForward.Dim)}, {(feedForward.Gated ? "gated " : "")}{feedForward.Activation}"
                + Biases(("input", feedForward.InputBias), ("output", feedForward.OutputBias));
        yield return $"norm: {spec.Norm.Placement} {spec.Norm.Kind}, epsilon {F(spec.Norm.Epsilon)}"
            + If(spec.Norm.WeightOffset != 0, $", weight offset {F(spec.Norm.WeightOffset)}")
            + If(stack.EmbeddingNorm, ", after the embedding")
            + If(stack.FinalNorm != (spec.Norm.Placement == NormPlacement.Pre), stack.FinalNorm ? ", after the last layer" : ", none after the last layer")
            + If(stack.Residual != ResidualKind.Sequential, $"; residual: {stack.Residual}");
        yield return "positions: " + Position(stack.Position);
    }

    private static string Head(TransformerSpec spec)
    {
        HeadSpec head = spec.Head;
        EmbeddingSpec embedding = spec.Embedding;
        string embeddings = $"; embedding scale {F(embedding.Scale)}"
            + If(embedding.TokenTypes > 0, $", {N(embedding.TokenTypes)} token types") + If(embedding.IsShared, ", shared by the stacks") + If(embedding.PaddingToken >= 0, $", token {N(embedding.PaddingToken)} not trained") + If(embedding.InputMask, ", input mask");
        string pooling = If(head.Pooling != PoolingKind.None, $", {head.Pooling} pooling") + If(head.Pooler is not null, $" through {head.Pooler}") + If(head.NormalizePooled, ", normalised");
        return head.Kind switch
        {
            HeadKind.LanguageModel => (head.Tied ? "tied" : "untied") + Biases(("head", head.Bias)) + If(head.HasFixedBias, " (fixed)") + If(head.Scale != 1, $", scale {F(head.Scale)}"),
            HeadKind.MaskedLanguageModel => (head.Tied ? "tied" : "untied") + " masked language model" + Biases(("head", head.Bias)) + If(head.Transform is not null, $", {head.Transform} transform"),
            HeadKind.None => "none" + pooling,
            _ => $"{head.Kind} with {N(head.Labels)} labels, {head.Loss}" + pooling,
        } + embeddings;
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
        string learned = position.Kind.ToString()
            + If(position.Offset > 0, $" from row {N(position.Offset)}") + If(position.PaddingToken >= 0, $", not counting token {N(position.PaddingToken)}");
        string beside = If(position.Combination != PositionCombination.Added, $", {position.Combination}, {N(position.Width)} wide") + If(position.EveryLayer, ", at every layer");
        if (position.Kind is PositionKind.RelativeBias) return $"{learned}, {N(position.Buckets)} buckets to distance {N(position.MaxDistance)}";
        if (position.Kind is PositionKind.RelativeKeys or PositionKind.RelativeKeysAndQueries or PositionKind.RelativeKeysAndValues) return $"{learned}, {N(position.LearnedLength)} distances";
        if (position.Kind is not (PositionKind.Rotary or PositionKind.Sinusoidal)) return learned + beside;
        string text = $"{position.Kind}, {position.Layout}, theta {F((float)position.Theta)}";
        if (position.Kind == PositionKind.Sinusoidal) return text + beside;
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

    private static string If(bool condition, string text) => condition ? text : "";

    private static string N(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string F(float value) => FloatLiteral.Format(value).TrimEnd('f');
}

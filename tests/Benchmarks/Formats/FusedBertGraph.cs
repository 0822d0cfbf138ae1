using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>A BERT of ONNX Runtime's fused operators, as its transformer optimizer writes it.</summary>
internal sealed class FusedBertGraph(ModelWeights weights, int heads, int sequence) : BertGraph(weights, heads, sequence, OnnxType.Int32)
{
    protected override string Embed() => Graph.Node(
        ["embeddings", "embeddings.lengths"],
        OnnxGraph.MicrosoftDomain,
        "EmbedLayerNormalization",
        [Tokens, Types, Table("word"), Table("position"), Table("token_type"), Constant(EmbeddingNorm + ".weight"), Constant(EmbeddingNorm + ".bias")],
        OnnxAttribute.Of("epsilon", Epsilon));

    protected override string Layer(string prefix, string states)
    {
        string[] parts = [.. new[] { "query", "key", "value" }.Select(part => $"{prefix}attention.self.{part}")];
        string weight = Transposed([.. parts.Select(part => part + ".weight")], prefix + "attention.weight");
        string bias = Joined([.. parts.Select(part => part + ".bias")], prefix + "attention.bias");
        string context = Graph.Node(prefix + "attention", OnnxGraph.MicrosoftDomain, "Attention", [states, weight, bias, Mask], OnnxAttribute.Of("num_heads", Heads));
        string attended = Half(prefix + "attention.output.dense", context, states, prefix + AttentionNorm);
        string up = prefix + "intermediate.dense";
        string hidden = Graph.Node(up, OnnxGraph.MicrosoftDomain, "BiasGelu", [Product(up, attended), Constant(up + ".bias")]);
        return Half(prefix + "output.dense", hidden, attended, prefix + FeedForwardNorm);
    }

    private string Table(string kind) => Constant($"embeddings.{kind}_embeddings.weight");

    /// <summary>norm(x · Wᵀ + b + residual).</summary>
    private string Half(string dense, string x, string residual, string norm) => Graph.Node(
        norm,
        OnnxGraph.MicrosoftDomain,
        "SkipLayerNormalization",
        [Product(dense, x), residual, Constant(norm + ".weight"), Constant(norm + ".bias"), Constant(dense + ".bias")],
        OnnxAttribute.Of("epsilon", Epsilon));
}

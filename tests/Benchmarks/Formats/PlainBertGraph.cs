using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>A BERT of ONNX's own operators, as PyTorch's exporter writes it.</summary>
internal sealed class PlainBertGraph(ModelWeights weights, int heads, int sequence) : BertGraph(weights, heads, sequence, OnnxType.Int64)
{
    private const float Hidden = float.MinValue;

    protected override string Embed()
    {
        string words = Lookup("word_embeddings", Tokens), types = Lookup("token_type_embeddings", Types);
        string positions = Graph.Constant("positions", [.. Enumerable.Range(0, Sequence).Select(position => (long)position)], 1, Sequence);
        string sum = Graph.Node("embeddings.positioned", "Add", [Graph.Node("embeddings.sum", "Add", [words, types]), Lookup("position_embeddings", positions)]);
        Graph.Node("mask.floats", "Cast", [Graph.Node("mask.pairs", "Unsqueeze", [Mask, Graph.Constant("mask.axes", [1, 2], 2)])], OnnxAttribute.Of("to", (long)OnnxType.Float));
        Graph.Node("mask", "Mul", [Graph.Node("mask.hidden", "Sub", [Graph.Constant("one", 1f), "mask.floats"]), Graph.Constant("lowest", Hidden)]);
        return Norm(EmbeddingNorm, sum);
    }

    protected override string Layer(string prefix, string states)
    {
        string attention = prefix + "attention.self.";
        int headWidth = Width / Heads;
        string query = Head(attention + "query", states, 0, 2, 1, 3), key = Head(attention + "key", states, 0, 2, 3, 1), value = Head(attention + "value", states, 0, 2, 1, 3);
        string scores = Graph.Node(attention + "scores", "MatMul", [query, key]);
        string scaled = Graph.Node(attention + "scaled", "Div", [scores, Graph.Constant("scale", MathF.Sqrt(headWidth))]);
        string masked = Graph.Node(attention + "masked", "Add", [scaled, "mask"]);
        string probabilities = Graph.Node(attention + "probabilities", "Softmax", [masked], OnnxAttribute.Of("axis", -1));
        string context = Graph.Node(attention + "context", "MatMul", [probabilities, value]);
        string rows = Graph.Node(attention + "rows", "Transpose", [context], OnnxAttribute.Of("perm", 0, 2, 1, 3));
        string joined = Graph.Node(attention + "joined", "Reshape", [rows, Graph.Constant("joined", [0, 0, Width], 3)]);
        string attended = Half(prefix + "attention.output.dense", joined, states, prefix + AttentionNorm);
        return Half(prefix + "output.dense", Gelu(prefix, Linear(prefix + "intermediate.dense", attended)), attended, prefix + FeedForwardNorm);
    }

    private string Lookup(string table, string indices) => Graph.Node("embeddings." + table, "Gather", [Constant($"embeddings.{table}.weight"), indices]);

    private string Linear(string name, string x) => Graph.Node(name, "Add", [Constant(name + ".bias"), Product(name, x)]);

    /// <summary>norm(x · Wᵀ + b + residual).</summary>
    private string Half(string dense, string x, string residual, string norm) => Norm(norm, Graph.Node(dense + ".residual", "Add", [Linear(dense, x), residual]));

    private string Norm(string name, string x) => Graph.Node(
        name, "LayerNormalization", [x, Constant(name + ".weight"), Constant(name + ".bias")], OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("epsilon", Epsilon));

    /// <summary>A projection's heads, [1, heads, sequence, head width] or with the last two exchanged.</summary>
    private string Head(string name, string states, params ReadOnlySpan<long> order)
    {
        string heads = Graph.Node(name + ".heads", "Reshape", [Linear(name, states), Graph.Constant("heads", [0, 0, Heads, Width / Heads], 4)]);
        return Graph.Node(name + ".turned", "Transpose", [heads], OnnxAttribute.Of("perm", order));
    }

    /// <summary>x · (1 + erf(x / √2)) · ½.</summary>
    private string Gelu(string prefix, string x)
    {
        string error = Graph.Node(prefix + "gelu.erf", "Erf", [Graph.Node(prefix + "gelu.scaled", "Div", [x, Graph.Constant("root2", MathF.Sqrt(2))])]);
        string product = Graph.Node(prefix + "gelu.product", "Mul", [x, Graph.Node(prefix + "gelu.shifted", "Add", [error, Graph.Constant("one", 1f)])]);
        return Graph.Node(prefix + "gelu", "Mul", [product, Graph.Constant("half", 0.5f)]);
    }
}

using System.Globalization;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>
/// A BertModel with this project's weights as an ONNX graph: one sequence of tokens, mask and types in, `last_hidden_state` [1, sequence, width]
/// and `pooler_output` [1, width] out. Which operators it is made of, a derived class says.
/// </summary>
internal abstract class BertGraph(ModelWeights weights, int heads, int sequence, OnnxType indices)
{
    public const string Tokens = "input_ids", Mask = "attention_mask", Types = "token_type_ids", States = "last_hidden_state", Pooled = "pooler_output";

    /// <summary>BERT's epsilon of layer norms.</summary>
    protected const float Epsilon = 1e-12f;

    /// <summary>The norm's name after the embeddings and in the two halves of a layer.</summary>
    protected const string EmbeddingNorm = "embeddings.LayerNorm", AttentionNorm = "attention.output.LayerNorm", FeedForwardNorm = "output.LayerNorm";

    protected OnnxGraph Graph { get; } = new();

    protected int Heads => heads;

    protected int Sequence => sequence;

    protected int Width => weights.Shape(Named("embeddings.word_embeddings.weight"))[1];

    public void Save(string path)
    {
        foreach (string input in (string[])[Tokens, Mask, Types]) Graph.Input(input, indices, 1, sequence);
        string states = Embed();
        int layers = weights.Names.Count(name => name.EndsWith("attention.self.query.weight", StringComparison.Ordinal));
        for (int layer = 0; layer < layers; layer++) states = Layer(string.Create(CultureInfo.InvariantCulture, $"encoder.layer.{layer}."), states);
        Graph.Node(States, "Identity", [states]);
        string first = Graph.Node("pooler.first", "Gather", [states, Graph.Constant("zero", [0L])], OnnxAttribute.Of("axis", 1));
        string pooled = Graph.Node("pooler", "Gemm", [first, Constant("pooler.dense.weight"), Constant("pooler.dense.bias")], OnnxAttribute.Of("transB", 1));
        Graph.Node(Pooled, "Tanh", [pooled]);
        Graph.Output(States, 1, sequence, Width);
        Graph.Output(Pooled, 1, Width);
        Graph.Save(path);
    }

    protected abstract string Embed();

    /// <summary>A layer, whose tensors' names begin with a prefix.</summary>
    protected abstract string Layer(string prefix, string states);

    /// <summary>A tensor as checkpoints have it.</summary>
    protected string Constant(string name) => Graph.Constant(name, Values(name), Shape(name));

    /// <summary>x · Wᵀ, where the constant is Wᵀ, as MatMul wants it.</summary>
    protected string Product(string name, string x) => Graph.Node(name + ".product", "MatMul", [x, Transposed([name + ".weight"], name + ".transposed")]);

    /// <summary>Weights [N, K] below one another as one constant [K, N].</summary>
    protected string Transposed(string[] names, string constant)
    {
        int inputs = (int)Shape(names[0])[1], outputs = names.Sum(name => (int)Shape(name)[0]), column = 0;
        float[] transposed = new float[inputs * outputs];
        foreach (string name in names)
        {
            float[] values = Values(name);
            for (int n = 0; n < values.Length / inputs; n++, column++)
            {
                for (int k = 0; k < inputs; k++) transposed[(k * outputs) + column] = values[(n * inputs) + k];
            }
        }
        return Graph.Constant(constant, transposed, inputs, outputs);
    }

    /// <summary>Vectors one after the other as one constant.</summary>
    protected string Joined(string[] names, string constant)
    {
        float[] values = [.. names.SelectMany(Values)];
        return Graph.Constant(constant, values, values.Length);
    }

    private float[] Values(string name)
    {
        string stored = Named(name);
        float[] values = new float[weights.Layout.Tensor(stored).Count];
        weights.Export(stored, values);
        return values;
    }

    private long[] Shape(string name) => [.. weights.Shape(Named(name)).ToArray().Select(size => (long)size)];

    /// <summary>The name with the prefix that the checkpoint's names have or have not.</summary>
    private string Named(string name) => weights.Names.Contains(name) ? name : "bert." + name;
}

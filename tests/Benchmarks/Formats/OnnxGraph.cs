using System.Runtime.InteropServices;

namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>A graph of ONNX operators with its constants, to be saved as a ModelProto (onnx.proto, IR version 8, operator set 17) of less than 2 GB.</summary>
internal sealed class OnnxGraph
{
    /// <summary>ONNX Runtime's own operators.</summary>
    public const string MicrosoftDomain = "com.microsoft";

    private const int IrVersion = 8, OperatorSet = 17, MicrosoftOperatorSet = 1;
    private readonly List<ProtobufMessage> _inputs = [], _outputs = [], _constants = [], _nodes = [];
    private readonly HashSet<string> _names = [];

    public string Input(string name, OnnxType type, params ReadOnlySpan<long> shape)
    {
        _inputs.Add(Value(name, type, shape));
        return name;
    }

    public void Output(string name, params ReadOnlySpan<long> shape) => _outputs.Add(Value(name, OnnxType.Float, shape));

    public string Constant(string name, float[] values, params ReadOnlySpan<long> shape) => Constant<float>(name, OnnxType.Float, values, shape);

    public string Constant(string name, long[] values, params ReadOnlySpan<long> shape) => Constant<long>(name, OnnxType.Int64, values, shape);

    /// <summary>A single number.</summary>
    public string Constant(string name, float value) => Constant<float>(name, OnnxType.Float, [value], []);

    /// <summary>Adds an operator of ONNX itself with one output.</summary>
    /// <returns>The output's name, which is that of the node.</returns>
    public string Node(string name, string operation, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) => Node(name, "", operation, inputs, attributes);

    /// <summary>Adds an operator with one output.</summary>
    public string Node(string name, string domain, string operation, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node([name], domain, operation, inputs, attributes);

    /// <summary>Adds an operator, whose first output is returned.</summary>
    public string Node(string[] outputs, string domain, string operation, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        string name = outputs[0];
        ProtobufMessage node = new();
        foreach (string input in inputs) node.Add(1, input);
        foreach (string output in outputs) node.Add(2, output);
        node.Add(3, name).Add(4, operation);
        foreach (OnnxAttribute attribute in attributes) node.Add(5, attribute.ToMessage());
        _nodes.Add(node.Add(7, domain));
        return name;
    }

    public void Save(string path)
    {
        ProtobufMessage graph = new();
        foreach (ProtobufMessage node in _nodes) graph.Add(1, node);
        graph.Add(2, "graph");
        foreach (ProtobufMessage constant in _constants) graph.Add(5, constant);
        foreach (ProtobufMessage input in _inputs) graph.Add(11, input);
        foreach (ProtobufMessage output in _outputs) graph.Add(12, output);
        ProtobufMessage model = new ProtobufMessage()
            .Add(1, IrVersion)
            .Add(2, "Transformer.Compiled benchmarks")
            .Add(7, graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSet))
            .Add(8, new ProtobufMessage().Add(1, MicrosoftDomain).Add(2, MicrosoftOperatorSet));
        if (model.Length > int.MaxValue) throw new InvalidOperationException($"{path}: a model of {model.Length:N0} bytes; Protocol Buffers hold less than 2 GB.");
        model.Save(path);
    }

    private string Constant<T>(string name, OnnxType type, T[] values, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        if (!_names.Add(name)) return name;
        ProtobufMessage tensor = new();
        foreach (long size in shape) tensor.Add(1, size);
        _constants.Add(tensor.Add(2, (long)type).Add(8, name).Add(9, MemoryMarshal.AsBytes<T>(values).ToArray()));
        return name;
    }

    private static ProtobufMessage Value(string name, OnnxType type, ReadOnlySpan<long> shape)
    {
        ProtobufMessage sizes = new();
        foreach (long size in shape) sizes.Add(1, new ProtobufMessage().Add(1, size));
        ProtobufMessage tensor = new ProtobufMessage().Add(1, (long)type).Add(2, sizes);
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
    }
}

using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs.Gradients;

/// <summary>
/// A small program with random values whose loss is a random weighted sum of some tensors. Every parameter's gradient can be
/// compared with finite differences.
/// </summary>
internal sealed class TestGraph
{
    private const string ForwardPhase = "Forward";
    private readonly Random _random;
    private readonly List<Parameter> _parameters = [];
    private readonly List<Tensor> _lossPairs = [];

    public TestGraph(int seed)
    {
        _random = new Random(seed);
        Program.BeginPhase(ForwardPhase);
        Program.BeginSection("Section");
    }

    public ProgramGraph Program { get; } = new("Test");

    public SsaValues Values { get; } = new();

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public Tensor Loss => Program.Phases[0].Sections.Last().Operations.Last().Outputs[0];

    public Parameter Matrix(int rows, int columns) => Parameter(ParameterKind.Projection, rows, columns);

    public Parameter Vector(int rows, ParameterKind kind = ParameterKind.Bias) => Parameter(kind, rows, 1);

    /// <summary>An activation with random values, through which gradients reach a parameter.</summary>
    public Tensor Activation(int rows, int columns) => Program.Add(new Leaf(Matrix(rows, columns)));

    public Tensor Indices(int rows, int limit, params int[] exceptions)
    {
        var tensor = new Tensor($"indices{_random.Next()}", new Shape(rows), TensorRole.Input, ElementType.Int32);
        double[] values = [.. Enumerable.Range(0, rows).Select(_ => (double)_random.Next(limit))];
        for (int i = 0; i < exceptions.Length; i++) values[i] = exceptions[i];
        Values.Set(tensor, values);
        return tensor;
    }

    /// <summary>An input of numbers, of which any may be replaced first.</summary>
    public Tensor Input(int[] shape, params double[] exceptions)
    {
        var tensor = new Tensor($"input{_random.Next()}", new Shape(shape), TensorRole.Input);
        double[] values = Random((int)tensor.Shape.Elements);
        exceptions.CopyTo(values, 0);
        Values.Set(tensor, values);
        return tensor;
    }

    public void Fill(TableSet tables) => TableRules.Fill(tables, Values);

    /// <summary>Adds an operation and lets all of the loss depend on its first output.</summary>
    public Tensor Observe(Operation operation)
    {
        Program.Add(operation);
        return Observe(operation.Outputs[0]);
    }

    public Tensor Observe(Tensor tensor)
    {
        var weights = new Tensor($"weights{_lossPairs.Count}", tensor.Shape, TensorRole.Input);
        Values.Set(weights, Random((int)tensor.Shape.Elements));
        _lossPairs.AddRange([tensor, weights]);
        return tensor;
    }

    /// <summary>Ends the forward phase with the weighted sum, unless it ends with a loss already, and appends the backward phase.</summary>
    public void Differentiate()
    {
        if (_lossPairs.Count > 0) Program.Add(new WeightedSum([.. _lossPairs]));
        Differentiation.AppendBackward(Program);
    }

    public double Forward(RunState run)
    {
        Interpreter.Interpreter.Run(Program.Phases[0].Sections.SelectMany(s => s.Operations), Values, run);
        return Values[Loss][0];
    }

    public void Backward(RunState run) =>
        Interpreter.Interpreter.Run(Program.Phases[1].Sections.SelectMany(s => s.Operations), Values, run);

    public double[] Random(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * _random.NextDouble() - 1)];

    private Parameter Parameter(ParameterKind kind, int rows, int columns)
    {
        var parameter = new Parameter($"parameter{_parameters.Count}", kind, rows, columns, Initializer.Zeros);
        _parameters.Add(parameter);
        Values.Set(parameter.Tensor, Random(rows * columns));
        return parameter;
    }
}

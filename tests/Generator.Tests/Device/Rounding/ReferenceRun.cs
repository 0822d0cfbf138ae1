using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generator.Graph;
using Parameter = Transformer.Compiled.Generator.Graph.Parameter;

namespace Generator.Tests.Device.Rounding;

/// <summary>A model's programs in the reference interpreter, with weights as they are in memory.</summary>
internal sealed class ReferenceRun
{
    private readonly ModelGraph _model;
    private readonly SsaValues _memory = new();
    private readonly IValues _values;

    /// <param name="model">Its graph.</param>
    /// <param name="weights">On the host.</param>
    /// <param name="noise">What every result is off by; null for nothing.</param>
    public ReferenceRun(ModelGraph model, ModelWeights weights, Random? noise)
    {
        _model = model;
        foreach (Parameter parameter in model.Parameters) _memory.Set(parameter.Tensor, StoredParameters.Read(weights, parameter));
        foreach (TableSet tables in model.Tables) TableRules.Fill(tables, _memory);
        foreach (StateSlot state in model.States) _memory.Set(state, [.. Enumerable.Repeat(double.NaN, (int)state.Floats)]);
        _values = noise is null ? _memory : new NoisyValues(_memory, noise);
    }

    /// <summary>Runs a phase of a program on inputs, padded to their shapes.</summary>
    public void Run(string program, string phase, RunState run, params (string Name, IEnumerable<double> Value)[] inputs)
    {
        Operation[] operations = [.. _model.Program(program).Phases.Single(candidate => candidate.Name == phase).Operations];
        foreach (Tensor input in operations.SelectMany(operation => operation.Inputs).OfType<Tensor>().Where(tensor => tensor.Role == TensorRole.Input).Distinct())
        {
            foreach ((_, IEnumerable<double> value) in inputs.Where(given => given.Name == input.Name))
                _memory.Set(input, [.. value, .. Enumerable.Repeat(input.Name.EndsWith("mask", StringComparison.Ordinal) ? 0 : double.NaN, (int)input.Shape.Elements - value.Count())]);
        }

        Interpreter.Run(operations, _values, run);
    }

    /// <summary>A result of a program.</summary>
    public double[] Output(string program, string name) =>
        _memory[_model.Program(program).Operations.SelectMany(operation => operation.Outputs).Last(tensor => tensor.Name == name)];

    public double[] Gradient(Parameter parameter) => _memory.Gradient(parameter);
}

using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Graphs.Interpreter;

/// <summary>Every tensor has memory of its own. Parameters, their gradients and states live on from run to run.</summary>
internal sealed class SsaValues : IValues
{
    private readonly Dictionary<Tensor, double[]> _values = [];
    private readonly Dictionary<Parameter, double[]> _gradients = [];
    private readonly Dictionary<StateSlot, double[]> _states = [];

    /// <summary>Gives a parameter, table or input its value.</summary>
    public void Set(Tensor tensor, double[] value) => _values[tensor] = value;

    /// <summary>Gives a state memory for several rows.</summary>
    public void Set(StateSlot state, double[] value) => _states[state] = value;

    public double[] this[Tensor tensor] => _values[tensor];

    /// <summary>The gradient after the last run; zeros before the first.</summary>
    public double[] Gradient(Parameter parameter) =>
        _gradients.TryGetValue(parameter, out double[]? gradient) ? gradient : new double[parameter.Elements];

    public void Begin(RunState run)
    {
    }

    public double[] Read(Tensor tensor) => tensor switch
    {
        { Role: TensorRole.ParameterGradient, Version: 0 } => Gradient(tensor.Parameter!),
        { Role: TensorRole.State, Version: 0 } => _states[tensor.State!],
        _ => _values[tensor],
    };

    public void Write(Tensor tensor, double[] value)
    {
        _values[tensor] = value;
        if (tensor.Role == TensorRole.ParameterGradient) _gradients[tensor.Parameter!] = value;
        if (tensor.Role == TensorRole.State) _states[tensor.State!] = value;
    }

    public void Finish(Operation operation)
    {
    }
}

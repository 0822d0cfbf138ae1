using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>
/// What an operation's gradient rule talks to. A value read in several places receives one contribution from each; they form
/// a chain in plan order, each adding the one before it as its addend. For a parameter the chain starts from what earlier
/// micro-batches left.
/// </summary>
internal sealed class GradientBuilder(ProgramGraph program, HashSet<Tensor> needed)
{
    private readonly Dictionary<Tensor, Tensor> _gradients = [];
    private readonly Dictionary<(Tensor Operand, Func<Tensor, Operation> Make), Tensor> _derived = [];

    public ProgramGraph Program { get; } = program;

    /// <summary>Whether anything trained depends on the gradient of this value.</summary>
    public bool Needs(Tensor? value) => value is not null && needed.Contains(value);

    /// <summary>The gradient so far; null where no contribution reached the value.</summary>
    public Tensor? Of(Tensor value) => _gradients.TryGetValue(value, out Tensor? gradient) ? gradient : null;

    /// <summary>
    /// Opens the next contribution: the operation that the caller appends adds <c>Addend</c> (null for none) and makes
    /// <c>Destination</c>.
    /// </summary>
    public (Tensor? Addend, Tensor Destination) Contribute(Tensor value)
    {
        Tensor? addend = Of(value);
        Tensor destination;
        if (value.Parameter is { } parameter)
        {
            addend ??= Version(parameter, 0);
            destination = Version(parameter, addend.Version + 1);
        }
        else
        {
            destination = new Tensor(value.Name + ".gradient", value.Shape, TensorRole.Activation);
        }
        _gradients[value] = destination;
        return (addend, destination);
    }

    /// <summary>As <see cref="Contribute"/>, with a destination that nothing reads where nothing trained depends on the gradient.</summary>
    public (Tensor? Addend, Tensor Destination) ContributeOrDiscard(Tensor value) =>
        Needs(value) ? Contribute(value) : (null, new Tensor(value.Name + ".discarded", value.Shape, TensorRole.Activation));

    /// <summary>Contributes a tensor that exists already.</summary>
    public void Pass(Tensor value, Tensor gradient)
    {
        if (!Needs(value)) return;
        _gradients[value] = Of(value) is { } sofar ? Program.Add(new Add(sofar, gradient, value.Name + ".gradient")) : gradient;
    }

    /// <summary>What an operation makes of an operand, once for all gradients that use it.</summary>
    public Tensor Derived(Tensor operand, Func<Tensor, Operation> make)
    {
        if (_derived.TryGetValue((operand, make), out Tensor? derived)) return derived;
        Operation operation = make(operand);
        Program.Add(operation);
        _derived.Add((operand, make), operation.Outputs[0]);
        return operation.Outputs[0];
    }

    private static Tensor Version(Parameter parameter, int version) =>
        new(parameter.Name + ".gradient", parameter.Tensor.Shape, TensorRole.ParameterGradient)
        {
            Parameter = parameter,
            Version = version,
        };
}

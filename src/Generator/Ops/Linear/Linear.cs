using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y[r,N] = act(x[r,K] · W[N,K]ᵀ + b[N]) + addend[r,N]; the activation is null until fusion puts one there.</summary>
internal sealed partial class Linear : Operation, IFusesAddend
{
    private const int X = 0, W = 1, B = 2, AddendOperand = 3;

    public Linear(Tensor x, Parameter weight, Parameter? bias, string name)
        : this(x, weight, bias, new Tensor(name, x.Shape.WithColumns(weight.Rows), TensorRole.Activation))
    {
    }

    /// <summary>Into a tensor that the caller made.</summary>
    public Linear(Tensor x, Parameter weight, Parameter? bias, Tensor y)
        : this(x, weight.Tensor, bias?.Tensor, addend: null, activation: null, y)
    {
        weight.Format = StorageFormat.Panels;
    }

    private Linear(Tensor x, Tensor weight, Tensor? bias, Tensor? addend, Activation? activation, Tensor y)
        : base(x, weight, bias, addend)
    {
        if (x.Shape.Columns != weight.Shape.Columns)
            throw new ArgumentException($"{x} does not multiply {weight}.");
        Activation = activation;
        Y = y;
    }

    public Activation? Activation { get; }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override int AddendSlot => AddendOperand;

    public override long FloatingPointOperations => 2L * Y.Shape.Elements * Inputs[X]!.Shape.Columns;

    /// <summary>The same product into another tensor, with a further addend.</summary>
    public Operation WithAddend(Tensor addend, Tensor y) =>
        new Linear(Inputs[X]!, Inputs[W]!, Inputs[B], addend, Activation, y);

    /// <summary>The same product into another tensor, through an activation.</summary>
    public Linear WithActivation(Activation activation, Tensor y) => new(Inputs[X]!, Inputs[W]!, Inputs[B], Addend, activation, y);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        if (Activation is not null) throw new InvalidOperationException("Fuse activations after differentiation: the gradient needs their argument.");
        Tensor x = Inputs[X]!, weight = Inputs[W]!;
        if (Addend is { } addend) gradients.Pass(addend, dy);
        if (gradients.Needs(weight)) gradients.Program.Add(new LinearWeightGradient(dy, gradients.Derived(x, PanelCopy.Of), gradients.Contribute(weight)));
        if (Inputs[B] is { } bias && gradients.Needs(bias)) gradients.Program.Add(new LinearBiasGradient(dy, gradients.Contribute(bias)));
        if (gradients.Needs(x)) gradients.Program.Add(new LinearInputGradient(dy, weight, gradients.Contribute(x)));
    }
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y[r, A + B]: the columns of a[r,A], then those of b[r,B].</summary>
internal sealed partial class Concatenate : Operation
{
    public Concatenate(Tensor a, Tensor b, string name)
        : base(a, b)
    {
        if (a.Shape.Rows != b.Shape.Rows || a.Shape.IsBounded != b.Shape.IsBounded) throw new ArgumentException($"{a} and {b} do not have the same rows.");
        Y = new Tensor(name, a.Shape.WithColumns(a.Shape.Columns + b.Shape.Columns), TensorRole.Activation);
    }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 0;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        var gradient = new ConcatenateGradient(dy, Inputs[0]!, Inputs[1]!);
        gradients.Program.Add(gradient);
        gradients.Pass(Inputs[0]!, gradient.Outputs[0]);
        gradients.Pass(Inputs[1]!, gradient.Outputs[1]);
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "Concatenation.Forward",
                $"Concatenate_{Y.Shape.Rows}x{Inputs[0]!.Shape.Columns}x{Inputs[1]!.Shape.Columns}",
                $"{Y} = {Inputs[0]} beside {Inputs[1]}")
            .Dimension(Inputs[0]!.Shape.Columns).Dimension(Inputs[1]!.Shape.Columns)
            .Address("a", Inputs[0]).Address("b", Inputs[1]).Extent("rows", Y.Shape).Address("y", Y);
}

/// <summary>da[r,A] and db[r,B]: the first and the last columns of dy.</summary>
internal sealed partial class ConcatenateGradient(Tensor dy, Tensor a, Tensor b) : Operation(dy)
{
    public override IReadOnlyList<Tensor> Outputs { get; } =
    [
        new Tensor(a.Name + ".gradient", a.Shape, TensorRole.Activation),
        new Tensor(b.Name + ".gradient", b.Shape, TensorRole.Activation),
    ];

    public override long FloatingPointOperations => 0;

    public override KernelCall LowerToCSharp()
    {
        (Tensor da, Tensor db) = (Outputs[0], Outputs[1]);
        return new KernelCall(
                "Concatenation.Gradient",
                $"ConcatenateGradient_{da.Shape.Rows}x{da.Shape.Columns}x{db.Shape.Columns}",
                $"{da}, {db} = columns of {Inputs[0]}")
            .Dimension(da.Shape.Columns).Dimension(db.Shape.Columns)
            .Address("dy", Inputs[0]).Extent("rows", da.Shape).Address("dA", da).Address("dB", db);
    }
}

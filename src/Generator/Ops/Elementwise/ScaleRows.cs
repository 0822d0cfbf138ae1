using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y[r,:] = x[r,:] · factors[r]; the factors are an input without a gradient, so the gradient is the same operation on dy.</summary>
internal sealed partial class ScaleRows : Operation
{
    public ScaleRows(Tensor x, Tensor factors, string name)
        : base(x, factors)
    {
        if (factors.Shape.Elements != x.Shape.Rows) throw new ArgumentException($"{factors} does not have one factor for each row of {x}.");
        Y = new Tensor(name, x.Shape, TensorRole.Activation);
    }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override bool MayOverwrite(int slot) => slot == 0;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy || !gradients.Needs(Inputs[0])) return;
        gradients.Pass(Inputs[0]!, gradients.Program.Add(new ScaleRows(dy, Inputs[1]!, Inputs[0]!.Name + ".gradient")));
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall("RowLengths.Scale", $"ScaleRows_{Y.Shape.Rows}x{Y.Shape.Columns}", $"{Y} = {Inputs[0]} · {Inputs[1]}, row by row")
            .Dimension(Y.Shape.Columns).Address("x", Inputs[0]).Address("factors", Inputs[1]).Extent("rows", Y.Shape).Address("y", Y);
}

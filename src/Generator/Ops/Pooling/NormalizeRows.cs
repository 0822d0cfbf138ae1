using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y[r,:] = x[r,:] / max(‖x[r,:]‖, 1e-12): rows of length 1, as torch.nn.functional.normalize makes them.</summary>
internal sealed partial class NormalizeRows(Tensor x, Tensor y) : Operation(x)
{
    public NormalizeRows(Tensor x, string name)
        : this(x, new Tensor(name, x.Shape, TensorRole.Activation))
    {
    }

    /// <summary>The length that shorter rows are divided by.</summary>
    public static float Epsilon => 1e-12f;

    public Tensor Y { get; } = y;

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 3 * Y.Shape.Elements;

    public override bool MayOverwrite(int slot) => true;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy || !gradients.Needs(Inputs[0])) return;
        gradients.Program.Add(new NormalizeRowsGradient(dy, Inputs[0]!, gradients.Contribute(Inputs[0]!)));
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall("RowLengths.Normalize", $"NormalizeRows_{Y.Shape.Rows}x{Y.Shape.Columns}", $"{Y} = {Inputs[0]} / its rows' lengths")
            .Dimension(Y.Shape.Columns).Address("x", Inputs[0]).Constant("epsilon", Epsilon).Extent("rows", Y.Shape).Address("y", Y);
}

/// <summary>dx = (dy − y · (y·dy)) / ‖x‖ + addend; dy / ε + addend for a row shorter than that.</summary>
internal sealed partial class NormalizeRowsGradient(Tensor dy, Tensor x, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, x, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 2;

    public override long FloatingPointOperations => 7 * Outputs[0].Shape.Elements;

    public override KernelCall LowerToCSharp()
    {
        Tensor dx = Outputs[0];
        return new KernelCall(
                "RowLengths.Gradient",
                $"NormalizeRowsGradient_{dx.Shape.Rows}x{dx.Shape.Columns}" + KernelNames.AddendSuffix(Addend),
                $"{dx} = {Inputs[0]} across {Inputs[1]} / its rows' lengths" + KernelNames.AddendTerm(Addend))
            .Dimension(dx.Shape.Columns).Address("dy", Inputs[0]).Address("x", Inputs[1]).Address("addend", Addend)
            .Constant("epsilon", NormalizeRows.Epsilon).Extent("rows", dx.Shape).Address("dx", dx);
    }
}

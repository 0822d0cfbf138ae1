using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>y = factor · x + addend with a constant factor; the gradient is the same operation on dy.</summary>
internal sealed partial class ScaleBy(Tensor x, float factor, Tensor? addend, Tensor y) : Operation(x, addend), IFusesAddend, IRecomputable
{
    public ScaleBy(Tensor x, float factor, string name)
        : this(x, factor, addend: null, new Tensor(name, x.Shape, TensorRole.Activation))
    {
    }

    public float Factor { get; } = factor;

    public Tensor Y { get; } = y;

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override int AddendSlot => 1;

    public override bool MayOverwrite(int slot) => true;

    public Operation WithAddend(Tensor addend, Tensor destination) => new ScaleBy(Inputs[0]!, Factor, addend, destination);

    public Operation Again(IReadOnlyList<Tensor?> inputs, string name) =>
        new ScaleBy(inputs[0]!, Factor, inputs[1], new Tensor(name, Y.Shape, TensorRole.Activation));

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        if (Addend is { } addend) gradients.Pass(addend, dy);
        if (!gradients.Needs(Inputs[0])) return;
        (Tensor? sofar, Tensor destination) = gradients.Contribute(Inputs[0]!);
        gradients.Program.Add(new ScaleBy(dy, Factor, sofar, destination));
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "Elementwise.Scale",
                $"ScaleBy_{Y.Shape.Rows}x{Y.Shape.Columns}" + KernelNames.AddendSuffix(Addend),
                $"{Y} = {FloatLiteral.Format(Factor)} · {Inputs[0]}" + KernelNames.AddendTerm(Addend))
            .Address("x", Inputs[0]).Constant("factor", Factor).Address("addend", Addend).Elements("count", Y.Shape).Address("y", Y);
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y[2·B,n] from x[B·n,2]: the start logits of every sequence, then the end logits of every sequence. With bounded rows n is the run-time
/// rows / B, and y has that many columns side by side.
/// </summary>
internal sealed partial class SpanLogits : Operation
{
    public SpanLogits(Tensor x, int sequences, string name)
        : this(x, sequences, new Tensor(name, new Shape(2 * sequences, x.Shape.Rows / sequences), TensorRole.Activation))
    {
    }

    /// <summary>Into a tensor that the caller made.</summary>
    public SpanLogits(Tensor x, int sequences, Tensor y)
        : base(x)
    {
        if (x.Shape.Columns != 2) throw new ArgumentException($"{x} does not have two columns: the start's logit and the end's.");
        if (x.Shape.Rows % sequences != 0) throw new ArgumentException($"The rows of {x} are not {sequences} sequences of one length.");
        Sequences = sequences;
        Y = y;
    }

    public int Sequences { get; }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 0;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy || !gradients.Needs(Inputs[0])) return;
        gradients.Pass(Inputs[0]!, gradients.Program.Add(new SpanLogitsGradient(dy, Inputs[0]!, Sequences)));
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall("SpanLogits.Forward", $"SpanLogits_{Y.Shape.Rows}x{Y.Shape.Columns}", $"{Y} = starts, then ends, of {Inputs[0]}") { IsSequential = true }
            .Address("x", Inputs[0]).Constant("sequences", Sequences).Extent("rows", Inputs[0]!.Shape).Address("y", Y);
}

/// <summary>dx[B·n,2] from dy[2·B,n]: the way back.</summary>
internal sealed partial class SpanLogitsGradient(Tensor dy, Tensor x, int sequences) : Operation(dy)
{
    public int Sequences { get; } = sequences;

    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(x.Name + ".gradient", x.Shape, TensorRole.Activation)];

    public override long FloatingPointOperations => 0;

    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "SpanLogits.Gradient",
                $"SpanLogitsGradient_{Inputs[0]!.Shape.Rows}x{Inputs[0]!.Shape.Columns}",
                $"{Outputs[0]} = starts and ends of {Inputs[0]} side by side")
        { IsSequential = true }
            .Address("dy", Inputs[0]).Constant("sequences", Sequences).Extent("rows", Outputs[0].Shape).Address("dx", Outputs[0]);
}

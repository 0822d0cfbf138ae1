using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y = (x − mean(x)) / sqrt(var(x) + ε) · w + b over groups of as many elements as w has (Ba et al., 2016); a head's norm has
/// several groups a row.
/// </summary>
internal sealed partial class LayerNorm : Operation, IRecomputable
{
    private const int X = 0, W = 1, B = 2;

    public LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, string name)
        : base(x, weight, bias)
    {
        Epsilon = epsilon;
        int groups = x.Shape.Columns / weight.Shape.Rows;
        Y = new Tensor(name, x.Shape, TensorRole.Activation);
        Mean = new Tensor(name + ".mean", x.Shape.PerRow(groups), TensorRole.Activation) { IsOptional = true };
        ReciprocalDeviation = new Tensor(name + ".reciprocal_deviation", x.Shape.PerRow(groups), TensorRole.Activation) { IsOptional = true };
    }

    public float Epsilon { get; }

    public Tensor Y { get; }

    public Tensor Mean { get; }

    public Tensor ReciprocalDeviation { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y, Mean, ReciprocalDeviation];

    public override long FloatingPointOperations => 8 * Y.Shape.Elements;

    public Operation Again(IReadOnlyList<Tensor?> inputs, string name) => new LayerNorm(inputs[X]!, inputs[W]!, inputs[B]!, Epsilon, name);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        Tensor x = Inputs[X]!, weight = Inputs[W]!, bias = Inputs[B]!;
        if (gradients.Needs(weight) || gradients.Needs(bias))
            gradients.Program.Add(new LayerNormParameterGradient(dy, this, gradients.ContributeOrDiscard(weight), gradients.ContributeOrDiscard(bias)));
        if (gradients.Needs(x)) gradients.Program.Add(new LayerNormInputGradient(dy, this, gradients.Contribute(x)));
    }
}

/// <summary>dx = (g − mean(g) − x̂ · mean(g · x̂)) / deviation + addend with g = dy · w.</summary>
internal sealed partial class LayerNormInputGradient(Tensor dy, LayerNorm norm, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, norm.Inputs[0], norm.Inputs[1], norm.Mean, norm.ReciprocalDeviation, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 5;

    public override long FloatingPointOperations => 12 * Outputs[0].Shape.Elements;
}

/// <summary>dw = Σ_r dy · x̂ and db = Σ_r dy, each with its addend.</summary>
internal sealed partial class LayerNormParameterGradient(
    Tensor dy, LayerNorm norm, (Tensor? Addend, Tensor Destination) weight, (Tensor? Addend, Tensor Destination) bias)
    : Operation(dy, norm.Inputs[0], norm.Mean, norm.ReciprocalDeviation, weight.Addend, bias.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [weight.Destination, bias.Destination];

    public override long FloatingPointOperations => 5 * Inputs[0]!.Shape.Elements;
}

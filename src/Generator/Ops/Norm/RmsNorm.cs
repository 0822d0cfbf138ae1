using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y = x / sqrt(mean(x²) + ε) · (w + offset) over groups of as many elements as w has (Zhang and Sennrich, 2019). Gemma stores the
/// weight less 1: its offset is 1.
/// </summary>
internal sealed partial class RmsNorm : Operation, IRecomputable
{
    private const int X = 0, W = 1;

    public RmsNorm(Tensor x, Tensor weight, float epsilon, string name)
        : this(x, weight, epsilon, weightOffset: 0, name)
    {
    }

    public RmsNorm(Tensor x, Tensor weight, float epsilon, float weightOffset, string name)
        : base(x, weight)
    {
        Epsilon = epsilon;
        WeightOffset = weightOffset;
        Y = new Tensor(name, x.Shape, TensorRole.Activation);
        ReciprocalRms = new Tensor(name + ".reciprocal_rms", x.Shape.PerRow(x.Shape.Columns / weight.Shape.Rows), TensorRole.Activation) { IsOptional = true };
    }

    public float Epsilon { get; }

    /// <summary>What is added to the weight: 1 for one that is initialised to zeros.</summary>
    public float WeightOffset { get; }

    public Tensor Y { get; }

    public Tensor ReciprocalRms { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y, ReciprocalRms];

    public override long FloatingPointOperations => 4 * Y.Shape.Elements;

    public Operation Again(IReadOnlyList<Tensor?> inputs, string name) => new RmsNorm(inputs[X]!, inputs[W]!, Epsilon, WeightOffset, name);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        Tensor x = Inputs[X]!, weight = Inputs[W]!;
        if (gradients.Needs(weight)) gradients.Program.Add(new RmsNormParameterGradient(dy, this, gradients.Contribute(weight)));
        if (gradients.Needs(x)) gradients.Program.Add(new RmsNormInputGradient(dy, this, gradients.Contribute(x)));
    }
}

/// <summary>dx = (g − x̂ · mean(g · x̂)) / rms + addend with g = dy · (w + offset).</summary>
internal sealed partial class RmsNormInputGradient(Tensor dy, RmsNorm norm, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, norm.Inputs[0], norm.Inputs[1], norm.ReciprocalRms, contribution.Addend)
{
    public float WeightOffset { get; } = norm.WeightOffset;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 4;

    public override long FloatingPointOperations => 8 * Outputs[0].Shape.Elements;
}

/// <summary>dw = Σ_r dy · x̂ + addend.</summary>
internal sealed partial class RmsNormParameterGradient(Tensor dy, RmsNorm norm, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, norm.Inputs[0], norm.ReciprocalRms, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 3;

    public override long FloatingPointOperations => 3 * Inputs[0]!.Shape.Elements;
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y = γ · Σ_l softmax(w)_l · x_l over tensors of one shape [rows,D], with parameters w[count] and γ[1] (Peters et al., 2018, equation 1).
/// </summary>
internal sealed partial class SoftmaxSum : Operation
{
    public SoftmaxSum(IReadOnlyList<Tensor> layers, Tensor weights, Tensor gamma, string name)
        : base([.. layers, weights, gamma])
    {
        if (layers.Count == 0 || weights.Shape.Elements != layers.Count) throw new ArgumentException($"{weights} does not have one weight for each of {layers.Count} tensors.");
        if (layers.FirstOrDefault(x => !x.Shape.Equals(layers[0].Shape)) is { } other) throw new ArgumentException($"{other} is not of the shape of {layers[0]}.");
        Layers = layers;
        Y = new Tensor(name, layers[0].Shape, TensorRole.Activation);
    }

    public IReadOnlyList<Tensor> Layers { get; }

    public Tensor Weights => Inputs[Layers.Count]!;

    public Tensor Gamma => Inputs[Layers.Count + 1]!;

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 2 * Layers.Count * Y.Shape.Elements;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        if (gradients.Needs(Weights) || gradients.Needs(Gamma))
            gradients.Program.Add(new SoftmaxSumParameterGradient(dy, this, gradients.ContributeOrDiscard(Weights), gradients.ContributeOrDiscard(Gamma)));
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            if (gradients.Needs(Layers[layer]))
                gradients.Program.Add(new SoftmaxSumInputGradient(dy, this, layer, gradients.Contribute(Layers[layer])));
        }
    }

    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "SoftmaxSum.Forward",
                $"SoftmaxSum_{Layers.Count}x{Y.Shape.Rows}x{Y.Shape.Columns}",
                $"{Y} = {Gamma} · Σ softmax({Weights}) · ({string.Join(", ", Layers)})")
            .Addresses("layers", Layers).Address("weights", Weights).Address("gamma", Gamma).Elements("count", Y.Shape).Address("y", Y);
}

/// <summary>dx_l = γ · softmax(w)_l · dy + addend.</summary>
internal sealed partial class SoftmaxSumInputGradient(Tensor dy, SoftmaxSum forward, int layer, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, forward.Weights, forward.Gamma, contribution.Addend)
{
    /// <summary>Which of the tensors the gradient is for.</summary>
    public int Layer { get; } = layer;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 3;

    public override KernelCall LowerToCSharp()
    {
        Tensor dx = Outputs[0], weights = Inputs[1]!;
        return new KernelCall(
                "SoftmaxSum.InputGradient",
                $"SoftmaxSumInputGradient_{weights.Shape.Elements}x{dx.Shape.Rows}x{dx.Shape.Columns}" + KernelNames.AddendSuffix(Addend),
                $"{dx} = {Inputs[2]} · softmax({weights})[{Layer}] · {Inputs[0]}" + KernelNames.AddendTerm(Addend))
            .Address("dy", Inputs[0]).Address("weights", weights).Address("gamma", Inputs[2]).Address("addend", Addend)
            .Constant("layers", (int)weights.Shape.Elements).Constant("layer", Layer).Elements("count", dx.Shape).Address("dx", dx);
    }
}

/// <summary>dw_l = γ · s_l · (dy·x_l − Σ_k s_k · dy·x_k) with s = softmax(w), and dγ = Σ_l s_l · dy·x_l, each with its addend.</summary>
internal sealed partial class SoftmaxSumParameterGradient(
    Tensor dy, SoftmaxSum forward, (Tensor? Addend, Tensor Destination) weights, (Tensor? Addend, Tensor Destination) gamma)
    : Operation([dy, .. forward.Inputs, weights.Addend, gamma.Addend])
{
    /// <summary>The operation that this is the gradient of.</summary>
    public SoftmaxSum Forward { get; } = forward;

    /// <summary>The tensors that are summed.</summary>
    public IReadOnlyList<Tensor> Layers => [.. Inputs.Skip(1).Take(Forward.Layers.Count).Select(x => x!)];

    public Tensor? WeightsAddend { get; } = weights.Addend;

    public Tensor? GammaAddend { get; } = gamma.Addend;

    public override IReadOnlyList<Tensor> Outputs { get; } = [weights.Destination, gamma.Destination];

    public override long FloatingPointOperations => 2 * Forward.Layers.Count * Forward.Y.Shape.Elements;

    public override KernelCall LowerToCSharp() =>
        new KernelCall(
                "SoftmaxSum.ParameterGradient",
                $"SoftmaxSumParameterGradient_{Forward.Layers.Count}x{Forward.Y.Shape.Rows}x{Forward.Y.Shape.Columns}",
                $"{Outputs[0]}, {Outputs[1]} = softmax sum'({string.Join(", ", Layers)}; {Inputs[0]})" + KernelNames.AddendTerm(WeightsAddend))
            .Address("dy", Inputs[0]).Addresses("layers", Layers).Address("weights", Forward.Weights).Address("gamma", Forward.Gamma)
            .Address("weightsAddend", WeightsAddend).Address("gammaAddend", GammaAddend)
            .Elements("count", Forward.Y.Shape).Address("dWeights", Outputs[0]).Address("dGamma", Outputs[1]);
}

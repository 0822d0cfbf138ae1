using Transformer.Compiled.Kernels;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch's <c>AdamW</c>:
/// p ← p · (1 − rate · decay); m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
/// p ← p − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// </summary>
public sealed class AdamW : Optimizer
{
    /// <summary>β₁, the decay of the mean of gradients, in [0, 1). The default is 0.9.</summary>
    public double Beta1
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.9;

    /// <summary>β₂, the decay of the mean of squared gradients, in [0, 1). The default is 0.999.</summary>
    public double Beta2
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.999;

    /// <summary>ε, added to the root of the second moment. The default is 1e-8.</summary>
    public double Epsilon
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    } = 1e-8;

    /// <summary>The decoupled weight decay. The default is 0.01.</summary>
    public double WeightDecay
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    } = 0.01;

    /// <summary>Kinds of parameters that do not decay. The default is none of them: all decay, as in PyTorch.</summary>
    public ParameterKinds NoDecay { get; init; }

    /// <inheritdoc/>
    public override string Name => "AdamW";

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames { get; } = ["first_moment", "second_moment"];

    internal override string Settings => FormattableString.Invariant(
        $"rate {LearningRate}, beta1 {Beta1}, beta2 {Beta2}, epsilon {Epsilon}, decay {WeightDecay}, no decay {NoDecay}, clip {ClipNorm}");

    internal override void Update(ComputeTeam team, in ParameterUpdate update)
    {
        AdamWCoefficients coefficients = Coefficients(update);
        OptimizerSteps.AdamW(
            team, update.Gradient, update.GradientScale, coefficients, update.Count,
            update.Parameter, update.State(0), update.State(1));
    }

    // The corrections are in double: 1 − β₂ᵗ loses its digits in float.
    private AdamWCoefficients Coefficients(in ParameterUpdate update)
    {
        double decay = NoDecay.Includes(update.Kind) ? 0 : WeightDecay;
        return new AdamWCoefficients(
            (float)(1 - update.LearningRate * decay),
            (float)Beta1,
            (float)(1 - Beta1),
            (float)Beta2,
            (float)(1 - Beta2),
            (float)(update.LearningRate / (1 - Math.Pow(Beta1, update.Step))),
            (float)Math.Sqrt(1 - Math.Pow(Beta2, update.Step)),
            (float)Epsilon);
    }
}

using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Training;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> share: all but the way in which parameters decay.</summary>
public abstract class MomentOptimizer : Optimizer
{
    private protected MomentOptimizer(double weightDecay)
        : base(weightDecay)
    {
    }

    /// <summary>β₁, the decay of the mean of gradients, in [0, 1). The default is 0.9.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Beta1
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.9;

    /// <summary>β₂, the decay of the mean of squared gradients, in [0, 1). The default is 0.999.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Beta2
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.999;

    /// <summary>ε, added to the root of the second moment; positive. The default is 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value, as a float, is not positive and finite.</exception>
    public double Epsilon
    {
        get;
        init => field = HyperParameter.Positive(value);
    } = 1e-8;

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames { get; } = ["first_moment", "second_moment"];

    private protected override string RuleSettings => FormattableString.Invariant($"beta1 {Beta1}, beta2 {Beta2}, epsilon {Epsilon}");

    internal override void Update(ComputeTeam team, in ParameterUpdate update) => OptimizerSteps.Adam(
        team, update.Gradient, Coefficients(update.Kind, update.Step, update.LearningRate), update.Count, update.Parameter, update.State(0), update.State(1));

    /// <summary>The coefficients of an update of parameters of a kind; the first step is 1.</summary>
    /// <remarks>The corrections are in double: 1 − β₂ᵗ loses its digits in float.</remarks>
    internal AdamCoefficients Coefficients(ParameterKind kind, long step, double rate)
    {
        (double penalty, double factor) = Decay(kind, rate);
        return new AdamCoefficients(
            (float)penalty,
            (float)factor,
            (float)Beta1,
            (float)(1 - Beta1),
            (float)Beta2,
            (float)(1 - Beta2),
            (float)(rate / (1 - Math.Pow(Beta1, step))),
            (float)Math.Sqrt(1 - Math.Pow(Beta2, step)),
            (float)Epsilon);
    }

    /// <summary>The L2 penalty's factor, and what multiplies the parameter.</summary>
    private protected abstract (double Penalty, double Factor) Decay(ParameterKind kind, double rate);
}

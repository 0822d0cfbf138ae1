using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Training;

/// <summary>
/// RMSProp (Tieleman and Hinton 2012), as PyTorch's <c>RMSprop</c>: g ← g + λp; v ← αv + (1 − α)g²; s ← g / (√v + ε), or, centred (Graves
/// 2013), m ← αm + (1 − α)g; s ← g / (√(v − m²) + ε); with momentum b ← μb + s; p ← p − rate · s, or rate · b.
/// </summary>
/// <remarks>Where rounding makes v − m² negative it counts as 0; PyTorch's step is NaN there.</remarks>
public sealed class RmsProp : Optimizer
{
    /// <summary>α, the decay of the means, in [0, 1). The default is 0.99.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Alpha
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.99;

    /// <summary>ε, added to the root; positive. The default is 1e-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value, as a float, is not positive and finite.</exception>
    public double Epsilon
    {
        get;
        init => field = HyperParameter.Positive(value);
    } = 1e-8;

    /// <summary>Whether gradients are divided by their deviation instead of their root mean square. The default is not.</summary>
    public bool Centered { get; init; }

    /// <summary>μ, in [0, 1). The default, 0, is without momentum and keeps no state for it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Momentum
    {
        get;
        init => field = HyperParameter.Fraction(value);
    }

    /// <inheritdoc/>
    public override string Name => "RMSProp";

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => (Centered, Momentum > 0) switch
    {
        (false, false) => ["second_moment"],
        (false, true) => ["second_moment", "momentum"],
        (true, false) => ["second_moment", "first_moment"],
        (true, true) => ["second_moment", "first_moment", "momentum"],
    };

    private protected override string RuleSettings =>
        FormattableString.Invariant($"alpha {Alpha}, epsilon {Epsilon}, momentum {Momentum}, centered {Centered}");

    internal override void Update(ComputeTeam team, in ParameterUpdate update)
    {
        RmsPropCoefficients coefficients = Coefficients(update.Kind, update.LearningRate);
        Pointer<float> firstMoment = Centered ? update.State(1) : default;
        Pointer<float> momentum = Momentum > 0 ? update.State(Centered ? 2 : 1) : default;
        OptimizerSteps.RmsProp(
            team, update.Gradient, coefficients, update.Count, update.Parameter, update.State(0), firstMoment, momentum);
    }

    /// <summary>The coefficients of an update of parameters of a kind.</summary>
    internal RmsPropCoefficients Coefficients(ParameterKind kind, double rate) =>
        new((float)rate, (float)DecayOf(kind), (float)Alpha, (float)(1 - Alpha), (float)Epsilon, (float)Momentum);
}

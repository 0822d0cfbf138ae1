using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Training;

/// <summary>
/// Stochastic gradient descent, as PyTorch's <c>SGD</c>: g ← g + λp; b ← μb + (1 − dampening)g, but b ← g at the first step; p ← p − rate · d,
/// where d is g without momentum, b with <see cref="MomentumForm.Classical"/> and g + μb with <see cref="MomentumForm.Nesterov"/> momentum
/// (Sutskever et al. 2013).
/// </summary>
public sealed class Sgd : Optimizer
{
    private static readonly string[] MomentumState = ["momentum"];

    /// <summary>μ, in [0, 1). The default, 0, is without momentum and keeps no state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Momentum
    {
        get;
        init => field = HyperParameter.Fraction(value);
    }

    /// <summary>How the momentum is followed. The default is the classical way.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of <see cref="Training.MomentumForm"/>.</exception>
    public MomentumForm MomentumForm
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(
            nameof(MomentumForm), value, $"{nameof(MomentumForm)} is {value}; it has to be {MomentumForm.Classical} or {MomentumForm.Nesterov}.");
    }

    /// <summary>What the momentum leaves out of the gradient after the first step, in [0, 1). The default is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Dampening
    {
        get;
        init => field = HyperParameter.Fraction(value);
    }

    /// <inheritdoc/>
    public override string Name => "SGD";

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => Momentum > 0 ? MomentumState : [];

    private protected override string RuleSettings => FormattableString.Invariant($"momentum {Momentum} {MomentumForm}, dampening {Dampening}");

    internal override void Update(ComputeTeam team, in ParameterUpdate update)
    {
        SgdCoefficients coefficients = Coefficients(update.Kind, update.Step, update.LearningRate);
        OptimizerSteps.Sgd(team, update.Gradient, coefficients, update.Count, update.Parameter, Momentum > 0 ? update.State(0) : default);
    }

    /// <inheritdoc cref="MomentOptimizer.Coefficients"/>
    internal SgdCoefficients Coefficients(ParameterKind kind, long step, double rate) => new(
        (float)rate,
        (float)DecayOf(kind),
        (float)Momentum,
        (float)(step == 1 ? 1 : 1 - Dampening),
        (float)(MomentumForm == MomentumForm.Nesterov ? Momentum : 0));
}

/// <summary>How a step follows the momentum.</summary>
public enum MomentumForm
{
    /// <summary>The step is the momentum.</summary>
    Classical,

    /// <summary>The step is the gradient and the momentum that it leads to: Nesterov's, as PyTorch states it (without dampening there).</summary>
    Nesterov,
}

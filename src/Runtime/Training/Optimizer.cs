using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Training;

/// <summary>
/// A rule that moves parameters along their gradients. It holds settings only: the state (moments, momenta) lives in the
/// trainer's memory, as <see cref="StateNames"/> tensors of each parameter's own layout, so one optimizer may serve several trainers.
/// </summary>
/// <remarks>
/// Gradients, state and parameters share offsets, so a rule is element-wise over flat ranges; a new optimizer names its state and
/// writes one <see cref="Update"/>. Padding inside a range has zero gradient, state and value: a rule must keep it at zero.
/// </remarks>
public abstract class Optimizer
{
    private protected Optimizer(double weightDecay = 0) => WeightDecay = weightDecay;

    /// <summary>The rule's name, which a training checkpoint records and demands.</summary>
    public abstract string Name { get; }

    /// <summary>The names of the state tensors kept for each parameter, as checkpoints spell them.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>The learning rate: a number or a schedule. The default is 0.001.</summary>
    public LearningRateSchedule LearningRate
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = 1e-3;

    /// <summary>
    /// The weight decay λ: AdamW shrinks parameters by rate · λ (default 0.01); the other rules add λ times the parameter to its clipped
    /// gradient, an L2 penalty (default 0).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public double WeightDecay
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    }

    /// <summary>Kinds of parameters that do not decay. The default is none of them: all decay, as in PyTorch.</summary>
    public ParameterKinds NoDecay { get; init; }

    /// <summary>
    /// The largest 2-norm of the whole gradient: a longer one is multiplied by ClipNorm / (norm + 1e-6), as PyTorch's
    /// <c>clip_grad_norm_</c> does. 0, the default, does not clip.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public double ClipNorm
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    }

    /// <summary>
    /// The largest magnitude of a gradient's element: a larger one is set to ±ClipValue, as PyTorch's <c>clip_grad_value_</c> does, after
    /// clipping by norm. 0, the default, does not clip.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public double ClipValue
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    }

    /// <summary>All settings, for the reader of a checkpoint.</summary>
    internal string Settings => FormattableString.Invariant(
        $"rate {LearningRate}, {RuleSettings}, decay {WeightDecay}, no decay {NoDecay}, clip {ClipNorm}, clip value {ClipValue}");

    /// <summary>The settings that the rule adds to those of all optimizers.</summary>
    private protected abstract string RuleSettings { get; }

    /// <summary>Updates the parameters of one range, all of one kind.</summary>
    internal abstract void Update(ComputeTeam team, in ParameterUpdate update);

    /// <summary>An accumulated gradient as this optimizer clips it.</summary>
    /// <param name="values">The sum over the micro-batches.</param>
    /// <param name="mean">1 / the number of micro-batches.</param>
    /// <param name="norm">The mean gradient's norm; NaN stays NaN.</param>
    internal ScaledGradient Clip(Pointer<float> values, double mean, double norm)
    {
        double coefficient = ClipNorm > 0 ? Math.Min(ClipNorm / (norm + 1e-6), 1) : 1;
        return new ScaledGradient(values, (float)(mean * coefficient), ClipValue > 0 ? (float)ClipValue : float.PositiveInfinity);
    }

    /// <summary>The weight decay of parameters of a kind.</summary>
    private protected double DecayOf(ParameterKind kind) => NoDecay.Includes(kind) ? 0 : WeightDecay;
}

/// <summary>One flat range of parameters at one step.</summary>
/// <param name="Kind">The kind of all parameters in the range.</param>
/// <param name="Count">Elements in the range.</param>
/// <param name="Step">Which update this is; the first is 1.</param>
/// <param name="LearningRate">The rate of this step.</param>
/// <param name="Parameter">The range's parameters.</param>
/// <param name="Gradient">The range's gradient, clipped.</param>
/// <param name="FirstState">The range in the first state tensor.</param>
/// <param name="StateStride">The distance from one state tensor to the next.</param>
internal readonly record struct ParameterUpdate(
    ParameterKind Kind,
    nint Count,
    long Step,
    double LearningRate,
    Pointer<float> Parameter,
    ScaledGradient Gradient,
    Pointer<float> FirstState,
    nint StateStride)
{
    /// <summary>The range in state tensor <paramref name="index"/>, in the order of <see cref="Optimizer.StateNames"/>.</summary>
    public Pointer<float> State(int index) => FirstState + index * StateStride;
}

using Transformer.Compiled.Checkpoints;
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
    private protected Optimizer()
    {
    }

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
    /// The largest 2-norm of the whole gradient: a longer one is multiplied by ClipNorm / (norm + 1e-6), as PyTorch's
    /// <c>clip_grad_norm_</c> does. 0, the default, does not clip.
    /// </summary>
    public double ClipNorm
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    }

    /// <summary>The settings besides name and state, for the reader of a checkpoint.</summary>
    internal abstract string Settings { get; }

    /// <summary>Updates the parameters of one range, all of one kind.</summary>
    internal abstract void Update(ComputeTeam team, in ParameterUpdate update);

    /// <summary>What multiplies a gradient of norm <paramref name="norm"/>; NaN stays NaN.</summary>
    internal double ClipCoefficient(double norm) => ClipNorm > 0 ? Math.Min(ClipNorm / (norm + 1e-6), 1) : 1;
}

/// <summary>One flat range of parameters at one step.</summary>
/// <param name="Kind">The kind of all parameters in the range.</param>
/// <param name="Count">Elements in the range.</param>
/// <param name="Step">Which update this is; the first is 1.</param>
/// <param name="LearningRate">The rate of this step.</param>
/// <param name="GradientScale">What multiplies the gradient first: the mean over micro-batches, and clipping.</param>
/// <param name="Parameter">The range's parameters.</param>
/// <param name="Gradient">The range's gradients.</param>
/// <param name="FirstState">The range in the first state tensor.</param>
/// <param name="StateStride">The distance from one state tensor to the next.</param>
internal readonly record struct ParameterUpdate(
    ParameterKind Kind,
    nint Count,
    long Step,
    double LearningRate,
    float GradientScale,
    Pointer<float> Parameter,
    Pointer<float> Gradient,
    Pointer<float> FirstState,
    nint StateStride)
{
    /// <summary>The range in state tensor <paramref name="index"/>, in the order of <see cref="Optimizer.StateNames"/>.</summary>
    public Pointer<float> State(int index) => FirstState + index * StateStride;
}

namespace Transformer.Compiled.Training;

/// <summary>Linear warm-up to a peak, then half a cosine down to a floor, where the rate stays.</summary>
/// <remarks>
/// With w warm-up steps out of n, the rate at step s (0 is the first) is<br/>
/// peak · (s + 1) / (w + 1) for s &lt; w,<br/>
/// floor + (peak − floor) · (1 + cos(π · (s − w) / (n − w))) / 2 for w ≤ s &lt; n, and<br/>
/// floor for s ≥ n. So no step has rate 0, and step w has the peak (Loshchilov and Hutter 2017, without restarts).
/// </remarks>
public sealed class WarmupCosine : LearningRateSchedule
{
    private readonly double _peak;
    private readonly double _floor;
    private readonly long _warmupSteps;
    private readonly long _steps;

    /// <param name="peak">The highest rate, finite and not negative.</param>
    /// <param name="floor">The last rate, from 0 to <paramref name="peak"/>.</param>
    /// <param name="warmupSteps">Steps of warm-up, fewer than <paramref name="steps"/>; 0 starts at the peak.</param>
    /// <param name="steps">Steps until the floor, the warm-up included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A rate is negative, infinite or NaN, the floor above the peak, the warm-up negative, or not shorter than the steps.
    /// </exception>
    public WarmupCosine(double peak, double floor, long warmupSteps, long steps)
    {
        _peak = HyperParameter.NonNegative(peak, nameof(peak));
        _floor = HyperParameter.NonNegative(floor, nameof(floor));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(floor, peak);
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(warmupSteps, steps);
        _warmupSteps = warmupSteps;
        _steps = steps;
    }

    /// <inheritdoc/>
    public override double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (step < _warmupSteps) return _peak * (step + 1) / (_warmupSteps + 1);
        if (step >= _steps) return _floor;
        double progress = (double)(step - _warmupSteps) / (_steps - _warmupSteps);
        return _floor + (_peak - _floor) * (1 + Math.Cos(Math.PI * progress)) / 2;
    }

    /// <summary>The settings, for checkpoints and logs.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"warm-up {_warmupSteps}, cosine {_peak} to {_floor} at {_steps}");
}

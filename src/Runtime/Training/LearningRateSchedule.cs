namespace Transformer.Compiled.Training;

/// <summary>
/// The learning rate as a function of the step. A number converts to a constant one, and <see cref="From"/> takes any function.
/// It must depend on the step alone, which is what makes a resumed run equal the uninterrupted one; <see cref="ReduceOnPlateau"/>, which depends
/// on losses too, has its state in training checkpoints.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>The rate of the update that follows <paramref name="step"/> others: the first update asks for step 0.</summary>
    /// <param name="step">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public abstract double At(long step);

    /// <summary>The parts of this schedule that have a state, in a fixed order.</summary>
    internal virtual IReadOnlyList<ReduceOnPlateau> Plateaus => [];

    /// <summary>A schedule given by a function of the step.</summary>
    /// <param name="rate">The rate at each step from 0, finite and not negative, which is not checked.</param>
    public static LearningRateSchedule From(Func<long, double> rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return new Formula("function", rate);
    }

    /// <summary>A straight line: first + (last − first) · s / steps at step s, and <paramref name="last"/> from step <paramref name="steps"/> on.</summary>
    /// <param name="first">The first rate, finite and not negative.</param>
    /// <param name="last">The last rate, finite and not negative.</param>
    /// <param name="steps">Steps of the line, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative, infinite or NaN, or the steps are not positive.</exception>
    public static LearningRateSchedule Linear(double first, double last, long steps)
    {
        HyperParameter.NonNegative(first, nameof(first));
        HyperParameter.NonNegative(last, nameof(last));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        return new Formula(
            FormattableString.Invariant($"linear {first} to {last} at {steps}"),
            step => step >= steps ? last : first + (last - first) * step / steps);
    }

    /// <summary>Stairs, as PyTorch's <c>StepLR</c>: first · factor^⌊s / every⌋ at step s.</summary>
    /// <param name="first">The first rate, finite and not negative.</param>
    /// <param name="factor">What a stair multiplies the rate by, finite and not negative.</param>
    /// <param name="every">Steps of a stair, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Rate or factor is negative, infinite or NaN, or the steps are not positive.</exception>
    public static LearningRateSchedule Stairs(double first, double factor, long every)
    {
        HyperParameter.NonNegative(first, nameof(first));
        HyperParameter.NonNegative(factor, nameof(factor));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        return new Formula(
            FormattableString.Invariant($"{first} times {factor} every {every}"), step => first * Math.Pow(factor, step / every));
    }

    /// <summary>first · factor^s at step s, as PyTorch's <c>ExponentialLR</c>.</summary>
    /// <param name="first">The first rate, finite and not negative.</param>
    /// <param name="factor">What each step multiplies the rate by, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">Rate or factor is negative, infinite or NaN.</exception>
    public static LearningRateSchedule Exponential(double first, double factor) => Stairs(first, factor, every: 1);

    /// <summary>
    /// Half a cosine without warm-up (Loshchilov and Hutter 2017, equation 5): floor + (peak − floor) · (1 + cos(π · s / steps)) / 2 at step s,
    /// and <paramref name="floor"/> from step <paramref name="steps"/> on. <see cref="WarmupCosine"/> has a warm-up.
    /// </summary>
    /// <param name="peak">The first rate, finite and not negative.</param>
    /// <param name="floor">The last rate, from 0 to <paramref name="peak"/>.</param>
    /// <param name="steps">Steps until the floor, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative, infinite or NaN, the floor above the peak, or the steps are not positive.</exception>
    public static LearningRateSchedule Cosine(double peak, double floor, long steps) => new WarmupCosine(peak, floor, 0, steps);

    /// <summary>
    /// Linear warm-up to a peak, then the inverse square root of the step: peak · min(t / w, √(w / t)) at t = s + 1, so that
    /// the update that ends the warm-up of w updates, at step w − 1, has the peak.
    /// </summary>
    /// <param name="peak">The highest rate, finite and not negative.</param>
    /// <param name="warmupSteps">w, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The peak is negative, infinite or NaN, or the steps are not positive.</exception>
    public static LearningRateSchedule InverseSquareRoot(double peak, long warmupSteps)
    {
        HyperParameter.NonNegative(peak, nameof(peak));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(warmupSteps);
        return new Formula(
            FormattableString.Invariant($"warm-up {warmupSteps}, inverse square root from {peak}"),
            step => peak * Math.Min((step + 1.0) / warmupSteps, Math.Sqrt(warmupSteps / (step + 1.0))));
    }

    /// <summary>
    /// The rate of Vaswani et al. 2017, §5.3: factor · d^−½ · min(t^−½, t · w^−1½) at t = s + 1. It is
    /// <see cref="InverseSquareRoot"/> with the peak factor / √(d · w).
    /// </summary>
    /// <param name="modelWidth">d, the model's width, at least 1.</param>
    /// <param name="warmupSteps">w, at least 1; 4,000 in the paper.</param>
    /// <param name="factor">Finite and not negative; 1 in the paper, and by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">Width or steps are not positive, or the factor is negative, infinite or NaN.</exception>
    public static LearningRateSchedule Noam(int modelWidth, long warmupSteps, double factor = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(modelWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(warmupSteps);
        HyperParameter.NonNegative(factor, nameof(factor));
        return InverseSquareRoot(factor / Math.Sqrt((double)modelWidth * warmupSteps), warmupSteps);
    }

    /// <summary>
    /// Schedules one after another, as PyTorch's <c>SequentialLR</c>: part i runs from milestone i − 1, which is its own step 0, to milestone i.
    /// </summary>
    /// <param name="parts">At least one.</param>
    /// <param name="milestones">One fewer, rising, from 1.</param>
    /// <exception cref="ArgumentException">There is no part, the milestones are not one fewer, or one does not come after the one before it.</exception>
    public static LearningRateSchedule Sequence(IEnumerable<LearningRateSchedule> parts, IEnumerable<long> milestones)
    {
        LearningRateSchedule[] schedules = Checked(parts);
        ArgumentNullException.ThrowIfNull(milestones);
        long[] starts = [0, .. milestones];
        if (starts.Length != schedules.Length)
            throw new ArgumentException($"{schedules.Length} schedules have {schedules.Length - 1} milestones between them, not {starts.Length - 1}.", nameof(milestones));
        for (int index = 1; index < starts.Length; index++)
        {
            if (starts[index] <= starts[index - 1])
                throw new ArgumentException($"Milestone {starts[index]} does not come after {starts[index - 1]}.", nameof(milestones));
        }

        return new Formula($"sequence ({string.Join("; ", schedules.Zip(starts, (part, start) => FormattableString.Invariant($"from {start}: {part}")))})", At)
        {
            Parts = schedules,
        };

        double At(long step)
        {
            int part = schedules.Length - 1;
            while (step < starts[part]) part--;
            return schedules[part].At(step - starts[part]);
        }
    }

    /// <summary>The product of schedules: one gives the rate, the others factors, say a warm-up from 0 to 1.</summary>
    /// <param name="factors">At least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static LearningRateSchedule Product(params IEnumerable<LearningRateSchedule> factors)
    {
        LearningRateSchedule[] schedules = Checked(factors);
        return new Formula($"product ({string.Join("; ", schedules.AsEnumerable())})", At) { Parts = schedules };

        double At(long step)
        {
            double product = 1;
            foreach (LearningRateSchedule factor in schedules) product *= factor.At(step);
            return product;
        }
    }

    /// <summary>The same rate at every step.</summary>
    /// <param name="rate">Finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative, infinite or NaN.</exception>
    public static implicit operator LearningRateSchedule(double rate)
    {
        HyperParameter.NonNegative(rate, nameof(rate));
        return new Formula(FormattableString.Invariant($"{rate}"), _ => rate);
    }

    private static LearningRateSchedule[] Checked(IEnumerable<LearningRateSchedule> schedules)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        LearningRateSchedule[] all = [.. schedules];
        if (all.Length == 0) throw new ArgumentException("There must be a schedule.", nameof(schedules));
        foreach (LearningRateSchedule schedule in all) ArgumentNullException.ThrowIfNull(schedule, nameof(schedules));
        return all;
    }

    private sealed class Formula(string text, Func<long, double> rate) : LearningRateSchedule
    {
        public LearningRateSchedule[] Parts { get; init; } = [];

        internal override IReadOnlyList<ReduceOnPlateau> Plateaus => [.. Parts.SelectMany(part => part.Plateaus)];

        public override double At(long step)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(step);
            return rate(step);
        }

        public override string ToString() => text;
    }
}

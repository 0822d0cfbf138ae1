namespace Transformer.Compiled.Training;

/// <summary>
/// The learning rate as a function of the step. A number converts to a constant one, and <see cref="From"/> takes any function.
/// It must depend on the step alone: that is what makes a resumed run equal the uninterrupted one.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>The rate of the update that follows <paramref name="step"/> others: the first update asks for step 0.</summary>
    public abstract double At(long step);

    /// <summary>A schedule given by a function of the step.</summary>
    public static LearningRateSchedule From(Func<long, double> rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return new Function(rate);
    }

    /// <summary>The same rate at every step.</summary>
    public static implicit operator LearningRateSchedule(double rate) => new Constant(rate);

    private sealed class Constant : LearningRateSchedule
    {
        private readonly double _rate;

        public Constant(double rate) => _rate = HyperParameter.NonNegative(rate, nameof(rate));

        public override double At(long step) => _rate;

        public override string ToString() => FormattableString.Invariant($"{_rate}");
    }

    private sealed class Function(Func<long, double> rate) : LearningRateSchedule
    {
        public override double At(long step) => rate(step);

        public override string ToString() => "function";
    }
}

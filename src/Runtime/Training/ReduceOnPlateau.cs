using System.Globalization;

namespace Transformer.Compiled.Training;

/// <summary>
/// A rate that falls by a factor when a loss has stopped falling, as PyTorch's <c>ReduceLROnPlateau</c> in its relative mode (without its
/// <c>eps</c>). The caller gives it each validation loss, by <see cref="Observe"/>; it lowers the rate when more than <see cref="Patience"/>
/// losses in a row were not below the best by <see cref="Threshold"/>.
/// </summary>
/// <remarks>
/// It changes as it observes, so each trainer needs its own. Training checkpoints have its state, also where it is a part of a sequence or
/// product, so a resumed run equals the uninterrupted one.
/// </remarks>
public sealed class ReduceOnPlateau : LearningRateSchedule
{
    private double _rate;
    private double _best = double.PositiveInfinity;
    private int _badLosses;
    private int _cooldownLeft;

    /// <param name="initialRate">The rate until the first plateau, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative, infinite or NaN.</exception>
    public ReduceOnPlateau(double initialRate) => _rate = HyperParameter.NonNegative(initialRate, nameof(initialRate));

    /// <summary>What multiplies the rate at a plateau, in [0, 1). The default is 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Factor
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.1;

    /// <summary>Losses in a row that may fail to improve, at least 0. The default is 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Patience
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Patience));
            field = value;
        }
    } = 10;

    /// <summary>The part of the best loss by which a loss must be below it to be an improvement, in [0, 1). The default is 1e-4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Threshold
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 1e-4;

    /// <summary>Losses after a reduction that do not count as failures, at least 0. The default is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Cooldown
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Cooldown));
            field = value;
        }
    }

    /// <summary>The lowest rate, finite and not negative. The default is 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public double Floor
    {
        get;
        init => field = HyperParameter.NonNegative(value);
    }

    internal override IReadOnlyList<ReduceOnPlateau> Plateaus => [this];

    /// <summary>All that observing changes, as checkpoints have it.</summary>
    internal string State => string.Create(CultureInfo.InvariantCulture, $"{_rate:R} {_best:R} {_badLosses} {_cooldownLeft}");

    /// <inheritdoc/>
    public override double At(long step) => _rate;

    /// <summary>Takes a loss into account; NaN is no improvement.</summary>
    public void Observe(double loss)
    {
        bool isImprovement = loss < (double.IsInfinity(_best) ? _best : _best * (1 - Threshold));
        if (isImprovement) _best = loss;
        _badLosses = isImprovement ? 0 : _badLosses + 1;
        if (_cooldownLeft > 0)
        {
            _cooldownLeft--;
            _badLosses = 0;
        }

        if (_badLosses <= Patience) return;
        _rate = Math.Min(_rate, Math.Max(_rate * Factor, Floor));
        _cooldownLeft = Cooldown;
        _badLosses = 0;
    }

    /// <summary>The settings, for checkpoints and logs.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{_rate}, times {Factor} after {Patience} without improvement by {Threshold}, cooldown {Cooldown}, floor {Floor}");

    /// <summary>Whether a text is a <see cref="State"/>.</summary>
    internal static bool IsState(string? text) => TryParse(text, out _);

    /// <summary>Goes on from a <see cref="State"/>.</summary>
    internal void Restore(string text)
    {
        if (!TryParse(text, out (double Rate, double Best, int BadLosses, int CooldownLeft) state)) throw new FormatException(text);
        (_rate, _best, _badLosses, _cooldownLeft) = state;
    }

    private static bool TryParse(string? text, out (double Rate, double Best, int BadLosses, int CooldownLeft) state)
    {
        state = default;
        return text?.Split(' ') is [string rate, string best, string badLosses, string cooldownLeft]
            && double.TryParse(rate, CultureInfo.InvariantCulture, out state.Rate) && state.Rate >= 0 && double.IsFinite(state.Rate)
            && double.TryParse(best, CultureInfo.InvariantCulture, out state.Best)
            && int.TryParse(badLosses, NumberStyles.None, CultureInfo.InvariantCulture, out state.BadLosses)
            && int.TryParse(cooldownLeft, NumberStyles.None, CultureInfo.InvariantCulture, out state.CooldownLeft);
    }
}

namespace Transformer.Compiled.Metrics;

/// <summary>What BLEU does about orders without a match (Chen and Cherry 2014); the default is <see cref="Exponential"/>.</summary>
public readonly record struct BleuSmoothing
{
    private BleuSmoothing(BleuSmoothingKind kind, double value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>The first order without a match has half a match, the next a quarter, and so on: mteval-v13a's rule, and sacreBLEU's default.</summary>
    public static BleuSmoothing Exponential => default;

    /// <summary>Nothing: an order without a match makes the score 0.</summary>
    public static BleuSmoothing None => new(BleuSmoothingKind.None, 0);

    internal BleuSmoothingKind Kind { get; }

    internal double Value { get; }

    /// <summary>Orders without a match have a small number of matches; sacreBLEU's is 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive and finite.</exception>
    public static BleuSmoothing Floor(double matches = 0.1) => new(BleuSmoothingKind.Floor, Positive(matches));

    /// <summary>Every order above the first has a number of matches and of n-grams more; sacreBLEU's is 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive and finite.</exception>
    public static BleuSmoothing Add(double matches = 1) => new(BleuSmoothingKind.Add, Positive(matches));

    private static double Positive(double matches) => matches > 0 && double.IsFinite(matches)
        ? matches
        : throw new ArgumentOutOfRangeException(nameof(matches), matches, "Added matches must be positive and finite.");
}

/// <summary>Kinds of smoothing.</summary>
internal enum BleuSmoothingKind
{
    Exponential,
    None,
    Floor,
    Add,
}

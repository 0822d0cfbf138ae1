using System.Globalization;

namespace Transformer.Compiled.Training;

/// <summary>What the <see cref="Validation"/> of a run has seen: what early stopping depends on. Training checkpoints have it.</summary>
/// <param name="Best">The best measurement; NaN where all were.</param>
/// <param name="BestStep">Updates done at the best measurement; 0 before there is one.</param>
/// <param name="Failures">Measurements in a row since then that were no improvement.</param>
/// <param name="Better">Which measurements are better.</param>
public readonly record struct ValidationProgress(double Best, long BestStep, int Failures, Better Better)
{
    /// <summary>As checkpoints have it.</summary>
    internal string State => string.Create(CultureInfo.InvariantCulture, $"{Better} {Best:R} {BestStep} {Failures}");

    /// <summary>Before the first measurement.</summary>
    internal static ValidationProgress None(Better better) => new(double.NaN, 0, 0, better);

    /// <summary>Reads a <see cref="State"/>; null where the text is none.</summary>
    internal static ValidationProgress? Parse(string text)
    {
        return text.Split(' ') is [string better, string best, string bestStep, string failures]
            && BetterOf(better) is { } which
            && double.TryParse(best, CultureInfo.InvariantCulture, out double value)
            && long.TryParse(bestStep, NumberStyles.None, CultureInfo.InvariantCulture, out long step)
            && int.TryParse(failures, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new ValidationProgress(value, step, count, which)
            : null;
    }

    private static Better? BetterOf(string name) => name switch
    {
        nameof(Better.Lower) => Better.Lower,
        nameof(Better.Higher) => Better.Higher,
        _ => null,
    };
}

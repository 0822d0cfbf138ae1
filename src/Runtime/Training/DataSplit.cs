namespace Transformer.Compiled.Training;

/// <summary>Cuts examples into those to train on and those to validate with. Both keep the order they had.</summary>
public static class DataSplit
{
    /// <summary>Every <paramref name="every"/>-th example, the first one included, is for validation.</summary>
    /// <param name="examples">Any number.</param>
    /// <param name="every">At least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="every"/> is less than 2.</exception>
    public static (T[] Training, T[] Validation) EveryKth<T>(IReadOnlyList<T> examples, int every)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 2);
        return Cut(examples, index => index % every == 0);
    }

    /// <summary>⌊count · <paramref name="validationFraction"/>⌋ examples, drawn with a seed, are for validation.</summary>
    /// <param name="examples">Any number.</param>
    /// <param name="validationFraction">In [0, 1).</param>
    /// <param name="seed">The key of the draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in [0, 1).</exception>
    public static (T[] Training, T[] Validation) ByFraction<T>(IReadOnlyList<T> examples, double validationFraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(examples);
        HyperParameter.Fraction(validationFraction, nameof(validationFraction));
        if (examples.Count == 0) return ([], []);
        var isValidation = new bool[examples.Count];
        foreach (int index in new DataShuffle(examples.Count, seed).Epoch(0)[..(int)(examples.Count * validationFraction)]) isValidation[index] = true;
        return Cut(examples, index => isValidation[index]);
    }

    /// <summary>
    /// ⌊count · <paramref name="validationFraction"/>⌋ examples, drawn with a seed, are for validation, and of each stratum, such as a label, its part of them: as
    /// many as the fraction gives, rounded up or down.
    /// </summary>
    /// <param name="examples">Any number.</param>
    /// <param name="stratum">What an example is one of.</param>
    /// <param name="validationFraction">In [0, 1).</param>
    /// <param name="seed">The key of the draws.</param>
    public static (T[] Training, T[] Validation) Stratified<T, TStratum>(
        IReadOnlyList<T> examples, Func<T, TStratum> stratum, double validationFraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(stratum);
        HyperParameter.Fraction(validationFraction, nameof(validationFraction));
        if (examples.Count == 0) return ([], []);
        var isValidation = new bool[examples.Count];
        int place = 0;
        int[] shuffled = new DataShuffle(examples.Count, seed).Epoch(0).ToArray();
        foreach (int index in shuffled.GroupBy(index => stratum(examples[index])).SelectMany(group => group))
        {
            isValidation[index] = (int)((place + 1) * validationFraction) > (int)(place * validationFraction);
            place++;
        }

        return Cut(examples, index => isValidation[index]);
    }

    private static (T[] Training, T[] Validation) Cut<T>(IReadOnlyList<T> examples, Func<int, bool> isValidation)
    {
        List<T> training = [], validation = [];
        for (int index = 0; index < examples.Count; index++) (isValidation(index) ? validation : training).Add(examples[index]);
        return ([.. training], [.. validation]);
    }
}

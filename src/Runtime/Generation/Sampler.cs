using System.Numerics.Tensors;

namespace Transformer.Compiled.Generation;

/// <summary>
/// Draws a token from logits: repetition penalty, no-repeat n-grams, temperature, top-k, top-p and min-p, in this order, each on what the one
/// before it has left; then one draw from the rest.
/// </summary>
/// <remarks>
/// The same seed, logits and history give the same tokens. Allocates its scratch in the first call and nothing after it.
/// One caller at a time, except for <see cref="Greedy"/>.
/// </remarks>
public sealed partial class Sampler
{
    private PermutedCongruentialGenerator _generator = new(seed: 0);
    private float[] _scores = [];
    private float[] _weights = [];
    private int[] _ranks = [];

    /// <summary>Takes the token with the highest logit; of equals the first.</summary>
    public static Sampler Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Logits are divided by it: below 1 sharpens, above 1 flattens. 0 takes the highest, without a draw. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public float Temperature
    {
        get;
        init => field = value is >= 0 and < float.PositiveInfinity ? value : throw Invalid(nameof(Temperature), value, "0 or more, and finite");
    } = 1;

    /// <summary>Keeps this many tokens, those with the highest logits (Fan et al. 2018). Default 0, which keeps all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int TopK
    {
        get;
        init => field = value >= 0 ? value : throw Invalid(nameof(TopK), value, "0 (all) or more");
    }

    /// <summary>Keeps the fewest tokens, from the likeliest on, whose probabilities sum to at least this (Holtzman et al. 2020). Default 1, which keeps all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public float TopP
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw Invalid(nameof(TopP), value, "above 0 and at most 1");
    } = 1;

    /// <summary>Keeps the tokens that are at least this times as likely as the likeliest (Nguyen et al. 2024). Default 0, which keeps all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1].</exception>
    public float MinP
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw Invalid(nameof(MinP), value, "between 0 and 1");
    }

    /// <summary>
    /// Positive logits of tokens in the history are divided by it, negative ones multiplied (Keskar et al. 2019, as in Hugging
    /// Face's library: once for each token, however often it occurred). Default 1, which changes nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public float RepetitionPenalty
    {
        get;
        init => field = value is > 0 and < float.PositiveInfinity ? value : throw Invalid(nameof(RepetitionPenalty), value, "above 0, and finite");
    } = 1;

    /// <summary>The number of last tokens in the history that are penalised. Default 0: all of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int RepetitionWindow
    {
        get;
        init => field = value >= 0 ? value : throw Invalid(nameof(RepetitionWindow), value, "0 (all) or more");
    }

    /// <summary>
    /// Excludes tokens that would complete an n-gram of this size that the history already has (Paulus et al. 2017, §2.5). Default 0,
    /// which excludes none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int NoRepeatNGram
    {
        get;
        init => field = value >= 0 ? value : throw Invalid(nameof(NoRepeatNGram), value, "0 (allowed) or more");
    }

    /// <summary>Where the sequence of draws begins. Default 0.</summary>
    public ulong Seed
    {
        get;
        init
        {
            field = value;
            _generator = new PermutedCongruentialGenerator(value);
        }
    }

    /// <summary>Begins the sequence of draws again.</summary>
    public void Reset()
    {
        if (Temperature != 0) _generator = new PermutedCongruentialGenerator(Seed);
    }

    private bool ReadsHistory => RepetitionPenalty != 1 || NoRepeatNGram > 0;

    /// <summary>Draws a token.</summary>
    /// <param name="logits">[vocabulary]; −∞ excludes a token.</param>
    /// <param name="history">The tokens so far, for the repetition penalty and n-grams.</param>
    /// <returns>The token, from 0 to vocabulary − 1.</returns>
    /// <exception cref="ArgumentException">There is no logit, one is NaN or +∞, or all are −∞ or excluded.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token of the history, where it is read, is outside the vocabulary.</exception>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<int> history = default)
    {
        if (logits.IsEmpty) throw new ArgumentException("There are no logits.", nameof(logits));
        ReadOnlySpan<float> scores = ReadsHistory && !history.IsEmpty ? Adjusted(logits, history) : logits;
        int best = TensorPrimitives.IndexOfMax(scores);
        if (!float.IsFinite(scores[best])) throw NothingToDraw(best, scores[best]);
        if (Temperature == 0) return best;

        Span<float> weights = Scratch(ref _weights, scores.Length);
        TensorPrimitives.Subtract(scores, scores[best], weights);
        TensorPrimitives.Divide(weights, Temperature, weights);
        TensorPrimitives.Exp(weights, weights);
        bool keepsAll = (TopK == 0 || TopK >= scores.Length) && TopP == 1 && MinP == 0;
        return keepsAll ? DrawFromAll(weights, best) : DrawFromBest(scores, weights);
    }

    private ReadOnlySpan<float> Adjusted(ReadOnlySpan<float> logits, ReadOnlySpan<int> history)
    {
        foreach (int token in history)
        {
            if ((uint)token >= (uint)logits.Length)
                throw new ArgumentOutOfRangeException(nameof(history), token, $"Token {token} of the history is outside the vocabulary of {logits.Length} tokens.");
        }

        Span<float> scores = Scratch(ref _scores, logits.Length);
        logits.CopyTo(scores);
        bool isWindowed = RepetitionWindow > 0 && history.Length > RepetitionWindow;
        foreach (int token in isWindowed ? history[^RepetitionWindow..] : history)
        {
            float logit = logits[token];
            scores[token] = logit < 0 ? logit * RepetitionPenalty : logit / RepetitionPenalty;
        }

        if (NoRepeatNGram > 0) NGrams.Exclude(scores, history, NoRepeatNGram);
        return scores;
    }

    private int DrawFromAll(ReadOnlySpan<float> weights, int best)
    {
        double total = 0;
        foreach (float weight in weights) total += weight;
        double left = _generator.NextDouble() * total;
        for (int token = 0; token < weights.Length; token++)
        {
            left -= weights[token];
            if (left < 0) return token;
        }

        return best;
    }

    /// <summary>Each filter keeps a beginning of the ranking, so that the tokens behind it need no order.</summary>
    private int DrawFromBest(ReadOnlySpan<float> scores, ReadOnlySpan<float> weights)
    {
        var ranking = new Ranking(scores, Scratch(ref _ranks, scores.Length));
        int limit = TopK == 0 ? scores.Length : Math.Min(TopK, scores.Length);
        double sufficient = TopP == 1 ? double.PositiveInfinity : TopP * Mass(weights, ref ranking, limit);
        double best = weights[ranking[0]];
        double kept = best;
        int count = 1;
        while (count < limit && kept < sufficient && weights[ranking[count]] >= MinP * best)
        {
            kept += weights[ranking[count]];
            count++;
        }

        double left = _generator.NextDouble() * kept;
        for (int rank = 0; rank < count; rank++)
        {
            left -= weights[ranking[rank]];
            if (left < 0) return ranking[rank];
        }

        return ranking[0];
    }

    private static double Mass(ReadOnlySpan<float> weights, ref Ranking ranking, int limit)
    {
        double mass = 0;
        if (limit == weights.Length)
        {
            foreach (float weight in weights) mass += weight;
        }
        else
        {
            for (int rank = 0; rank < limit; rank++) mass += weights[ranking[rank]];
        }

        return mass;
    }

    private static Span<T> Scratch<T>(ref T[] scratch, int length)
    {
        if (scratch.Length < length) scratch = new T[length];
        return scratch.AsSpan(0, length);
    }

    private static ArgumentException NothingToDraw(int token, float score) => new(
        float.IsNegativeInfinity(score) ? "All logits are −∞: no token is left to draw." : $"The logit of token {token} is {score}: no token can be drawn.",
        "logits");

    private static ArgumentOutOfRangeException Invalid(string property, object value, string allowed) =>
        new(property, value, $"{property} is {value}; it has to be {allowed}.");
}

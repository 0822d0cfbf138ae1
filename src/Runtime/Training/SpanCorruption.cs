namespace Transformer.Compiled.Training;

/// <summary>
/// T5's span corruption (Raffel et al. 2020, §3.1.4 and figure 2): random spans are cut from a text, a sentinel stands in each one's place,
/// and the target is each sentinel with its span behind it, and one more sentinel. Spans are drawn as in T5's <c>random_spans_noise_mask</c>: their
/// number and total length depend on the text's length alone, each division into them is equally likely, and the text begins outside of them.
/// </summary>
public sealed class SpanCorruption
{
    private readonly int _firstSentinel;
    private readonly int _sentinels;

    /// <param name="firstSentinel">The id of the first sentinel; they go downwards, and the last may be 0. T5's is 32,099.</param>
    /// <param name="sentinels">Their number, at least 2; T5's is 100. A text needs one more than it has spans.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two sentinels, or an id would be negative.</exception>
    public SpanCorruption(int firstSentinel, int sentinels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentinels, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(firstSentinel, sentinels - 1);
        _firstSentinel = firstSentinel;
        _sentinels = sentinels;
    }

    /// <summary>The part of the tokens that spans cut out, in [0, 1). The default is 0.15.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double NoiseDensity
    {
        get;
        init => field = HyperParameter.Fraction(value);
    } = 0.15;

    /// <summary>The mean length of a span, at least 1. The default is 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1, infinite or NaN.</exception>
    public double MeanSpanLength
    {
        get;
        init => field = value >= 1 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(MeanSpanLength), value, $"{nameof(MeanSpanLength)} is {value}; it has to be 1 or more, and finite.");
    } = 3;

    /// <summary>The lengths of corrupted input and target of a text of <paramref name="tokens"/> tokens, at least 2.</summary>
    /// <exception cref="ArgumentException">There are fewer than two tokens, or too many for the sentinels.</exception>
    public (int Inputs, int Targets) Lengths(int tokens)
    {
        (int noise, int spans) = Counts(tokens);
        return (tokens - noise + spans, noise + spans + 1);
    }

    /// <summary>Corrupts one text; the result depends on seed, example and tokens alone. End tokens are the caller's.</summary>
    /// <param name="seed">The key of the draws.</param>
    /// <param name="example">The number of the text among all that training sees: other numbers, other spans.</param>
    /// <param name="tokens">At least two, without end token.</param>
    /// <param name="inputs">The text with sentinels for spans; as long as <see cref="Lengths"/> says, or longer.</param>
    /// <param name="targets">Sentinels and spans; as long as <see cref="Lengths"/> says, or longer.</param>
    /// <returns>How much of inputs and targets was written.</returns>
    /// <exception cref="ArgumentException">A length is too small, or the text has too many spans for the sentinels.</exception>
    public (int Inputs, int Targets) Apply(ulong seed, long example, ReadOnlySpan<int> tokens, Span<int> inputs, Span<int> targets)
    {
        (int noise, int spans) = Counts(tokens.Length);
        (int Inputs, int Targets) lengths = Lengths(tokens.Length);
        if (inputs.Length < lengths.Inputs || targets.Length < lengths.Targets)
            throw new ArgumentException($"{lengths.Inputs} inputs and {lengths.Targets} targets do not fit {inputs.Length} and {targets.Length}.");

        var draws = new DataDraws(DataDraws.Spans, seed, example);
        var kept = new Division(tokens.Length - noise, spans);
        var cut = new Division(noise, spans);
        ReadOnlySpan<int> rest = tokens;
        for (int span = 0; span < spans; span++)
        {
            Move(ref rest, kept.Next(ref draws), ref inputs);
            Put(_firstSentinel - span, ref inputs);
            Put(_firstSentinel - span, ref targets);
            Move(ref rest, cut.Next(ref draws), ref targets);
        }

        Put(_firstSentinel - spans, ref targets);
        return lengths;
    }

    private (int Noise, int Spans) Counts(int tokens)
    {
        if (tokens < 2) throw new ArgumentException($"Span corruption needs at least 2 tokens, not {tokens}.", nameof(tokens));
        int noise = Math.Clamp((int)Math.Round(tokens * NoiseDensity), 1, tokens - 1);
        int spans = Math.Clamp((int)Math.Round(noise / MeanSpanLength), 1, tokens - noise);
        return spans < _sentinels
            ? (noise, spans)
            : throw new ArgumentException($"{tokens} tokens have {spans} spans, which need {spans + 1} sentinels; there are {_sentinels}.", nameof(tokens));
    }

    private static void Move(ref ReadOnlySpan<int> source, int count, ref Span<int> destination)
    {
        source[..count].CopyTo(destination);
        source = source[count..];
        destination = destination[count..];
    }

    private static void Put(int token, ref Span<int> destination)
    {
        destination[0] = token;
        destination = destination[1..];
    }

    /// <summary>Items divided into parts of at least one, each division equally likely: a draw of the places where parts end.</summary>
    private struct Division(int items, int parts)
    {
        private int _items = items;
        private int _parts = parts;

        /// <summary>The next part's length.</summary>
        public int Next(ref DataDraws draws)
        {
            int length = 1;
            _items--;
            _parts--;
            // Of the places before the remaining items, one for each remaining part begins a part.
            while (_items > 0 && draws.Below(_items) >= _parts)
            {
                length++;
                _items--;
            }

            return length;
        }
    }
}

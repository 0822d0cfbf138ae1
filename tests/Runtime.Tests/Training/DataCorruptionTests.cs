using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

public sealed class DataCorruptionTests
{
    private const int MaskToken = 103;
    private const int VocabularySize = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Each_epoch_is_a_permutation_of_its_own(int count)
    {
        var shuffle = new DataShuffle(count, seed: 5);
        for (int epoch = 0; epoch < 3; epoch++)
            Assert.Equal(Enumerable.Range(0, count), shuffle.Epoch(epoch).ToArray().Order());
        if (count < 1000) return;
        Assert.NotEqual(shuffle.Epoch(0).ToArray(), shuffle.Epoch(1).ToArray());
        Assert.NotEqual(shuffle.Epoch(0).ToArray(), new DataShuffle(count, seed: 6).Epoch(0).ToArray());
    }

    [Fact]
    public void A_resumed_shuffle_goes_on_as_the_first()
    {
        var whole = new DataShuffle(37, seed: 5);
        int[] examples = [.. Enumerable.Range(0, 100).Select(place => whole[place])];
        var resumed = new DataShuffle(37, seed: 5);
        Assert.Equal(examples[55..], Enumerable.Range(55, 45).Select(place => resumed[place]));
        Assert.Equal(examples[3], resumed[3]);
    }

    [Fact]
    public void Every_order_is_equally_likely()
    {
        const int Epochs = 24_000;
        var shuffle = new DataShuffle(4, seed: 1);
        var counts = new Dictionary<int, int>();
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            ReadOnlySpan<int> order = shuffle.Epoch(epoch);
            int code = ((order[0] * 4 + order[1]) * 4 + order[2]) * 4 + order[3];
            counts[code] = counts.GetValueOrDefault(code) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 1000 - 160, 1000 + 160)); // five deviations
    }

    [Fact]
    public void Masks_have_the_papers_shares()
    {
        const int Length = 200_000;
        int[] tokens = [.. Enumerable.Range(0, Length).Select(index => index % 10 == 0 ? 101 : 200 + index % 7)];
        int[] inputs = new int[Length], targets = new int[Length];
        int count = Masking().Apply(9, 0, tokens, inputs, targets);

        int[] chosen = [.. Enumerable.Range(0, Length).Where(index => targets[index] != Labels.Ignored)];
        Assert.Equal(chosen.Length, count);
        Assert.All(chosen, index => Assert.Equal(tokens[index], targets[index]));
        Assert.DoesNotContain(chosen, index => tokens[index] == 101);
        Assert.All(Enumerable.Range(0, Length).Except(chosen), index => Assert.Equal(tokens[index], inputs[index]));
        Assert.InRange(count / (0.9 * Length), 0.145, 0.155);
        Assert.InRange(chosen.Count(index => inputs[index] == MaskToken) / (double)count, 0.785, 0.815);
        Assert.InRange(chosen.Count(index => inputs[index] == tokens[index]) / (double)count, 0.09, 0.11);
    }

    [Fact]
    public void Masks_depend_on_seed_and_example_alone()
    {
        Assert.Equal(Masked(1, 7), Masked(1, 7));
        Assert.NotEqual(Masked(1, 7), Masked(1, 8));
        Assert.NotEqual(Masked(1, 7), Masked(2, 7));
    }

    [Fact]
    public void Spans_put_back_into_their_places_give_the_text()
    {
        const int FirstSentinel = 32_099;
        var corruption = new SpanCorruption(FirstSentinel, 100);
        for (int length = 2; length < 400; length++)
        {
            int[] tokens = [.. Enumerable.Range(0, length)];
            (int Inputs, int Targets) lengths = corruption.Lengths(length);
            int[] inputs = new int[lengths.Inputs], targets = new int[lengths.Targets];
            Assert.Equal(lengths, corruption.Apply(3, length, tokens, inputs, targets));

            Assert.NotEqual(FirstSentinel, inputs[0]);
            Assert.Equal(tokens, inputs.SelectMany(token => token < 400 ? [token] : SpanOf(targets, token)));
            int spans = inputs.Count(token => token >= 400);
            Assert.Equal(Enumerable.Range(0, spans + 1).Select(span => FirstSentinel - span), targets.Where(token => token >= 400));
            Assert.Equal(Math.Clamp((int)Math.Round(0.15 * length), 1, length - 1), targets.Count(token => token < 400));
        }
    }

    [Fact]
    public void Every_division_into_spans_is_equally_likely()
    {
        // Six tokens kept and six cut, two spans each: 5 · 5 divisions.
        var corruption = new SpanCorruption(100, 3) { NoiseDensity = 0.5 };
        int[] tokens = [.. Enumerable.Range(0, 12)], inputs = new int[8], targets = new int[9];
        var counts = new Dictionary<string, int>();
        for (int example = 0; example < 25_000; example++)
        {
            corruption.Apply(4, example, tokens, inputs, targets);
            string text = string.Join(' ', inputs);
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        Assert.Equal(25, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 1000 - 160, 1000 + 160));
    }

    [Fact]
    public void Impossible_settings_and_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("count", () => new DataShuffle(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DataShuffle(3, 1)[-1]);
        Assert.Throws<ArgumentOutOfRangeException>("maskToken", () => new TokenMasking(5, 5, []));
        Assert.Throws<ArgumentOutOfRangeException>("Rate", () => new TokenMasking(0, 5, []) { Rate = 1.5 });
        Assert.Throws<ArgumentException>(() => Masking().Apply(1, 1, new int[3], new int[3], new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>("sentinels", () => new SpanCorruption(100, 1));
        Assert.Throws<ArgumentOutOfRangeException>("MeanSpanLength", () => new SpanCorruption(100, 10) { MeanSpanLength = 0.5 });
        Assert.Throws<ArgumentException>(() => new SpanCorruption(100, 2).Lengths(1));
        Assert.Contains("sentinels", Assert.Throws<ArgumentException>(() => new SpanCorruption(100, 2).Lengths(100)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SpanCorruption(100, 10).Apply(1, 1, new int[20], new int[3], new int[20]));
    }

    private static TokenMasking Masking() => new(MaskToken, VocabularySize, [0, 101, 102]);

    private static int[] Masked(ulong seed, long example)
    {
        int[] tokens = [.. Enumerable.Repeat(500, 100)], targets = new int[100];
        Masking().Apply(seed, example, tokens, tokens, targets);
        return targets;
    }

    private static IEnumerable<int> SpanOf(int[] targets, int sentinel) =>
        targets.SkipWhile(token => token != sentinel).Skip(1).TakeWhile(token => token < 400);
}

using Runtime.Tests.Checkpoints;
using Transformer.Compiled;
using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class EncoderDecoderSessionTests
{
    private const int Vocabulary = 11, Context = 37;

    [Fact]
    public void TheSourceDecidesWithTheTextSoFar()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 1);
        int[] source = [.. Enumerable.Range(3, 18)];
        session.Encode(source);
        Assert.Equal(source, session.SourceOf(0));
        session.Prefill([1, 2, 3, 4, 5]);
        AssertLogits(session, 0, source, [1, 2, 3, 4, 5]);
        session.Decode(6);
        AssertLogits(session, 0, source, [1, 2, 3, 4, 5, 6]);

        session.Encode([9, 8, 7], [1, 0, 1]);
        Assert.Equal(0, session.Position);
        Assert.Throws<InvalidOperationException>(() => session.Logits.Length);
        session.Decode(4);
        AssertLogits(session, 0, [9, 7], [4]);
        session.Reset();
        session.Prefill([5, 5]);
        AssertLogits(session, 0, [9, 7], [5, 5]);
        Assert.Equal(2, session.Passes);
    }

    [Fact]
    public void EveryRowHasItsSource()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 3);
        session.Encode(2, [1, 2, 3]);
        session.Encode(0, [4]);
        session.Encode(1, [5, 6], [0, 1]);
        session.Prefill(1, [7, 8]);
        session.Decode([1, 2, 3]);
        AssertLogits(session, 0, [4], [1]);
        AssertLogits(session, 1, [6], [7, 8, 2]);
        AssertLogits(session, 2, [1, 2, 3], [3]);
        session.Encode(1, [29]);
        Assert.Equal((1, 0, 1), (session.PositionOf(0), session.PositionOf(1), session.PositionOf(2)));
        session.Decode([1, 1, 1]);
        AssertLogits(session, 1, [29], [1]);
        AssertLogits(session, 2, [1, 2, 3], [3, 1]);
    }

    [Fact]
    public void TokensBeforeTheSourceAreRefused()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 2);
        Assert.Contains("Row 1 has no source", Assert.Throws<InvalidOperationException>(() => session.Prefill(1, [1])).Message);
        session.Encode(0, [1]);
        Assert.Contains("Row 1 has no source", Assert.Throws<InvalidOperationException>(() => session.Decode([1, 1])).Message);
        Assert.Equal(0, session.PositionOf(0));
        session.Prefill(0, [1]);
        session.Broadcast(0);
        session.Decode([1, 1]);
        session.Failure = new InvalidOperationException("broken");
        Assert.Throws<InvalidOperationException>(() => session.Encode(1, [2, 3]));
        Assert.True(session.SourceOf(1).IsEmpty);
        Assert.Contains("Row 1 has no source", Assert.Throws<InvalidOperationException>(() => session.Prefill(1, [1])).Message);
        session.ReorderCache([1, 0]);
        Assert.Contains("Row 0 has no source", Assert.Throws<InvalidOperationException>(() => session.Prefill(0, [1])).Message);
    }

    [Fact]
    public void RefusedSourcesChangeNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 1);
        session.Encode([1, 2]);
        session.Prefill([3]);
        Refuse<ArgumentException>("The source has 0 tokens", () => session.Encode([]));
        Refuse<ArgumentException>("The source has 22 tokens; there have to be 1 to SourceLength, which is 21", () => session.Encode(new int[22]));
        Refuse<ArgumentException>("The mask has 1 elements for 2 tokens", () => session.Encode([1, 2], [1]));
        Refuse<ArgumentOutOfRangeException>("source[1] is 30; the range is 0 to 29", () => session.Encode([1, 30]));
        Refuse<ArgumentOutOfRangeException>("mask[0] is 2; the range is 0 to 1", () => session.Encode([1, 29], [2, 1]));
        Refuse<ArgumentOutOfRangeException>("Row 1", () => session.Encode(1, [1]));
        Assert.Equal((1, 1), (session.Passes, session.Position));
        AssertLogits(session, 0, [1, 2], [3]);
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Encode([1]));
        using var several = new SourceTableSession(weights, Vocabulary, Context, batch: 2);
        Assert.Throws<InvalidOperationException>(() => several.Encode([1]));
    }

    /// <summary>Whatever rows are encoded, decoded, reset and exchanged, each goes on as if it stood alone.</summary>
    [Fact]
    public void SourcesMoveWithTheirRows()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        var random = new Random(5);
        for (int round = 0; round < 20; round++)
        {
            const int Rows = 4;
            using var session = new SourceTableSession(weights, Vocabulary, Context, Rows);
            var rows = new (int[] Source, int[] Text)[Rows];
            for (int row = 0; row < Rows; row++) Encode(row);
            for (int step = 0; step < 30; step++)
            {
                int row = random.Next(Rows);
                switch (random.Next(6))
                {
                    case 0:
                        Encode(row);
                        break;
                    case 1:
                        session.Reset(row);
                        rows[row].Text = [];
                        break;
                    case 2:
                        session.Broadcast(row);
                        Array.Fill(rows, rows[row]);
                        break;
                    case 3:
                        int[] parents = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Rows))];
                        session.ReorderCache(parents);
                        rows = [.. parents.Select(parent => rows[parent])];
                        break;
                    default:
                        int[] tokens = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Vocabulary))];
                        session.Decode(tokens);
                        for (int i = 0; i < Rows; i++) rows[i].Text = [.. rows[i].Text, tokens[i]];
                        break;
                }

                for (int i = 0; i < Rows; i++)
                {
                    Assert.Equal(rows[i].Source, session.SourceOf(i));
                    Assert.Equal(rows[i].Text, session.HistoryOf(i));
                    if (rows[i].Text.Length > 0) AssertLogits(session, i, rows[i].Source, rows[i].Text);
                }
            }

            void Encode(int row)
            {
                int[] source = [.. Enumerable.Range(0, random.Next(1, SourceTableSession.SourceRoom)).Select(_ => random.Next(30))];
                session.Encode(row, source);
                rows[row] = (source, []);
            }
        }
    }

    [Fact]
    public void OnlyWhatIsFilledIsCopiedAndNoSourceThatIsThereAlready()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 3);
        session.Encode(0, [1, 2, 3]);
        session.Broadcast(0);
        session.Decode([1, 2, 3]);
        for (int step = 0; step < 4; step++) session.Decode([4, 5, 6]);

        // Of 5 positions: keys 2 heads · 1 panel of 16 positions · 3 wide, values 2 heads · 2 panels of 16 columns · 5 positions.
        const int Filled = (2 * 16 * 3) + (2 * 2 * 16 * 5);
        Assert.Equal([0, Filled, 0], Written(session, [0, 0, 2]));
        Assert.Equal([Filled, Filled, Filled], Written(session, [1, 2, 0]));
        Assert.Equal([0, 0, 0], Written(session, [0, 1, 2]));

        // Of a source of 3 tokens, 3 positions; each of the two other rows has another source.
        const int Source = (2 * 16 * 3) + (2 * 2 * 16 * 3);
        session.Encode(1, [7, 7, 7]);
        session.Encode(2, [8, 8, 8]);
        Assert.Equal([0, Filled + Source, 0], Written(session, [0, 0, 2]));
        session.Reset();
        Assert.Equal([0, 0, Source], Written(session, [0, 1, 0]));
    }

    [Fact]
    public void TablesOfCachesAreRequired()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        DecoderShape shape = SourceTableSession.ShapeOf(Vocabulary, Context, 2);
        Assert.Throws<ArgumentException>(() => new SourceTableSession(weights, shape with { Caches = null }));
        Assert.Throws<ArgumentException>(() => new SourceTableSession(weights, shape with { SourceCaches = null }));
        weights.AcquireExclusive();
        weights.ReleaseExclusive();
    }

    [Fact]
    public void EncodingAndReorderingAllocateNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 2);
        int[] source = [1, 2, 3], parents = [1, 0], tokens = [4, 5];
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            session.Encode(0, source);
            session.Encode(1, source.AsSpan(1), default);
            session.Decode(tokens);
            session.ReorderCache(parents);
            session.Broadcast(1);
        }
    }

    [Fact]
    public void AWideSearchFindsTheBestOfAllTranslations()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        BeamSearchOptions[] all =
        [
            new() { StopTokens = [0] },
            new() { StopTokens = [0], LengthPenalty = 2.5, ForcedEndToken = 0 },
            new() { StopTokens = [0], LengthPenalty = 0, ForcedTokens = [1], ForcedEndToken = 0 },
        ];
        foreach (BeamSearchOptions options in all)
        {
            using var session = new SourceTableSession(weights, vocabulary: 3, context: 12, batch: 81);
            var search = new BeamSearch(session, options with { NewTokens = 4, Stopping = BeamStopping.Exhaustive, StartToken = 2 });
            for (int first = 0; first < 12; first++)
            {
                int[] source = [first, 5, first + 7];
                session.Encode(0, source, [1, 0, 1]);
                search.Search([]);
                uint seed = SourceTableSession.SeedOf([first, first + 7]);
                (int[] Tokens, double Score, double LogProbability)[] expected =
                    [.. new BeamEnumeration(seed, 3, options, [2], 4).Texts.OrderByDescending(t => t.Score)];
                Assert.Equal(expected.Length, search.Count);
                Assert.Equal(expected[0].Tokens, search[0].Tokens);
                for (int rank = 0; rank < expected.Length; rank++) Assert.Equal(expected[rank].Score, search[rank].Score, 1e-5);
            }
        }
    }

    [Fact]
    public void OneBeamIsGreedyDecoding()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 1);
        var options = new BeamSearchOptions { StopTokens = [0] };
        var search = new BeamSearch(session, options);
        for (int first = 0; first < 30; first++)
        {
            session.Encode([first, 3]);
            int[] greedy = [.. session.Generate([5], Sampler.Greedy, options)];
            session.Reset();
            search.Search([5]);
            Assert.Equal(greedy, search[0].Tokens);
        }
    }

    [Fact]
    public void TargetsAreScoredAfterTheirSource()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new SourceTableSession(weights, Vocabulary, Context, batch: 1);
        int[] target = [5, 1, 2, 3, 0];
        SequenceScore score = session.Score([7, 8, 9], target, [1, 1, 0], chunk: 2);
        Assert.Equal(4, score.LogProbabilities.Length);
        for (int i = 1; i < target.Length; i++)
        {
            float[] logits = Expected([7, 8], target[..i]);
            double expected = logits[target[i]] - Math.Log(logits.Sum(logit => Math.Exp(logit)));
            Assert.Equal(expected, score.LogProbabilities[i - 1], 1e-5);
        }
    }

    private static void Refuse<TException>(string message, Action action)
        where TException : Exception => Assert.Contains(message, Assert.Throws<TException>(action).Message);

    private static void AssertLogits(SourceTableSession session, int row, int[] seen, int[] text) =>
        Assert.Equal(Expected(seen, text), session.LogitsOf(row));

    private static float[] Expected(int[] seen, int[] text)
    {
        var logits = new float[Vocabulary];
        TableSession.LogitsAfter(SourceTableSession.SeedOf(seen), Array.ConvertAll(text, token => (float)token), logits);
        return logits;
    }

    /// <summary>How many floats of each row's state a reordering writes: all of them differ from row to row before it.</summary>
    private static int[] Written(SourceTableSession session, int[] parents)
    {
        int rows = session.Batch;
        var before = new float[rows][];
        for (int row = 0; row < rows; row++)
        {
            before[row] = session.StateOfRow(row).ToArray();
            Span<float> state = session.StateOfRow(row);
            for (int i = 0; i < state.Length; i++) state[i] = (row + 1) * 100_000 + i;
        }

        session.ReorderCache(parents);
        var written = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            Span<float> state = session.StateOfRow(row);
            for (int i = 0; i < state.Length; i++)
            {
                if (state[i] != (row + 1) * 100_000 + i) written[row]++;
                bool moved = state[i] == (parents[row] + 1) * 100_000 + i;
                state[i] = moved ? before[parents[row]][i] : before[row][i];
            }
        }

        return written;
    }
}

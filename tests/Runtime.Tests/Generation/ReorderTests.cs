using Runtime.Tests.Checkpoints;
using Transformer.Compiled;
using Transformer.Compiled.Generation;

namespace Runtime.Tests.Generation;

public class ReorderTests
{
    [Fact]
    public void EveryMapOfFourRowsIsCarriedOut()
    {
        for (int map = 0; map < 256; map++)
        {
            int[] parents = [map & 3, (map >> 2) & 3, (map >> 4) & 3, map >> 6];
            int[] rows = [0, 1, 2, 3, -1];
            var moves = new RowMoves(4);
            foreach (RowMoves.Move move in moves.Plan(parents)) rows[move.Destination] = rows[move.Source];
            Assert.Equal(parents, rows[..4]);
        }
    }

    [Fact]
    public void LongRandomMapsAreCarriedOutWithFewCopies()
    {
        var random = new Random(3);
        var moves = new RowMoves(40);
        for (int round = 0; round < 200; round++)
        {
            int[] parents = [.. Enumerable.Range(0, 40)];
            if (round % 2 == 0) random.Shuffle(parents);
            else for (int row = 0; row < 40; row++) parents[row] = random.Next(40);
            int[] rows = [.. Enumerable.Range(0, 40), -1];
            ReadOnlySpan<RowMoves.Move> plan = moves.Plan(parents);
            foreach (RowMoves.Move move in plan) rows[move.Destination] = rows[move.Source];
            Assert.Equal(parents, rows[..40]);
            Assert.InRange(plan.Length, 0, 60);
        }
    }

    [Fact]
    public void RowsGoOnFromTheirParents()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 9, context: 12, batch: 3);
        session.Prefill(0, [1, 2, 3]);
        session.Prefill(1, [4]);
        session.ReorderCache([1, 2, 0]);
        Assert.Equal([4], session.HistoryOf(0));
        Assert.Equal(0, session.PositionOf(1));
        Assert.Throws<InvalidOperationException>(() => session.LogitsOf(1).Length);
        Assert.Equal([1, 2, 3], session.HistoryOf(2));
        AssertLogits(session, 0, [4]);
        AssertLogits(session, 2, [1, 2, 3]);

        session.ReorderCache([2, 0, 2]);
        session.Decode([5, 6, 7]);
        AssertLogits(session, 0, [1, 2, 3, 5]);
        AssertLogits(session, 1, [4, 6]);
        AssertLogits(session, 2, [1, 2, 3, 7]);

        session.Broadcast(1);
        session.Decode([8, 0, 1]);
        AssertLogits(session, 0, [4, 6, 8]);
        AssertLogits(session, 1, [4, 6, 0]);
        AssertLogits(session, 2, [4, 6, 1]);
    }

    [Fact]
    public void RefusedParentsChangeNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 9, context: 12, batch: 2);
        session.Prefill(0, [1]);
        Assert.Throws<ArgumentException>(() => session.ReorderCache([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.ReorderCache([1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Broadcast(2));
        Assert.Equal((1, 0), (session.PositionOf(0), session.PositionOf(1)));
    }

    [Fact]
    public void TheOnlyRowIsItsOwnParent()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 9, context: 12, batch: 1);
        session.Prefill([1, 2]);
        session.ReorderCache([0]);
        session.Broadcast(0);
        AssertLogits(session, 0, [1, 2]);
    }

    [Fact]
    public void ReorderingAllocatesNothing()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new TableSession(weights, vocabulary: 9, context: 12, batch: 3);
        session.Prefill(0, [1, 2]);
        int[] parents = [1, 2, 0];
        session.ReorderCache(parents);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 30; i++) session.ReorderCache(parents);
        session.Broadcast(1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertLogits(IDecoderSession session, int row, float[] history)
    {
        var expected = new float[session.VocabularySize];
        TableSession.LogitsAfter(1, history, expected);
        Assert.Equal(expected, session.LogitsOf(row));
    }
}

using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Generation;

public class AttentionSessionTests
{
    [Fact]
    public void EncodersShowEachSequence()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new VisibleEncoder(weights, new EncoderShape { Batch = 2, SequenceLength = 5, DModel = 1, VocabularySize = 10 });
        Assert.Throws<InvalidOperationException>(() => encoder.AttentionOf(0));
        encoder.Encode([1, 2, 3, 4, 5, 6]);
        AssertRecord(encoder.AttentionOf(0), AttentionKind.EncoderSelf, VisibleWeights.Layers, VisibleWeights.Heads, [1, 2, 3], [1, 2, 3]);
        AssertRecord(encoder.AttentionOf(1), AttentionKind.EncoderSelf, VisibleWeights.Layers, VisibleWeights.Heads, [4, 5, 6], [4, 5, 6]);
        encoder.Encode([1, 2, 3, 4, 5, 6, 7, 8, 9, 1]);
        AssertRecord(encoder.AttentionOf(1), AttentionKind.EncoderSelf, VisibleWeights.Layers, VisibleWeights.Heads, [6, 7, 8, 9, 1], [6, 7, 8, 9, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.AttentionOf(2));
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.AttentionOf(0));
    }

    [Fact]
    public void ImagesHaveAClassTokenAndPatches()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var encoder = new VisibleEncoder(weights, new EncoderShape { Batch = 1, SequenceLength = 3, DModel = 1, PixelFloats = 4 });
        encoder.Encode(new float[4]);
        Assert.Equal(["[CLS]", "1", "2"], encoder.AttentionOf(0).KeyTokens);
    }

    [Fact]
    public void DecodersGatherTheRowsOfTheirSteps()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new VisibleDecoder(weights, context: 40, batch: 3);
        session.Prefill(1, [1, 2, 3, 4, 5, 6, 7]);
        AssertSelf(session.AttentionOf(1), [1, 2, 3, 4, 5, 6, 7]);
        Assert.Throws<InvalidOperationException>(() => session.AttentionOf(0));
        session.Decode([8, 9, 1]);
        AssertSelf(session.AttentionOf(0), [8]);
        AssertSelf(session.AttentionOf(1), [1, 2, 3, 4, 5, 6, 7, 9]);
        session.ReorderCache([1, 0, 1]);
        session.Decode([1, 2, 3]);
        AssertSelf(session.AttentionOf(0), [1, 2, 3, 4, 5, 6, 7, 9, 1]);
        AssertSelf(session.AttentionOf(1), [8, 2]);
        AssertSelf(session.AttentionOf(2), [1, 2, 3, 4, 5, 6, 7, 9, 3]);
        session.Reset(0);
        session.Prefill(0, [4, 4]);
        AssertSelf(session.AttentionOf(0), [4, 4]);
        session.Reset();
        Assert.Throws<InvalidOperationException>(() => session.AttentionOf(2));
        using var one = new VisibleDecoder(weights, context: 5, batch: 1);
        one.PrefillLogits([1, 2, 3, 4, 5], new float[50]);
        AssertSelf(one.AttentionOf(0), [1, 2, 3, 4, 5]);
    }

    [Fact]
    public void TranslationsShowBothSides()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new VisibleTranslator(weights, context: 9, sourceLength: 6, batch: 2);
        Assert.Throws<InvalidOperationException>(() => session.SourceAttentionOf(0));
        session.Encode(0, [1, 2, 3]);
        session.Encode(1, [4, 5, 6, 7, 8]);
        AssertRecord(session.SourceAttentionOf(1), AttentionKind.EncoderSelf, 1, 2, [4, 5, 6, 7, 8], [4, 5, 6, 7, 8]);
        session.Prefill(0, [9, 1]);
        session.Decode([2, 3]);
        AssertSelf(session.AttentionOf(0), [9, 1, 2]);
        AssertCross(session.CrossAttentionOf(0), [9, 1, 2], [1, 2, 3]);
        AssertCross(session.CrossAttentionOf(1), [3], [4, 5, 6, 7, 8]);
        session.ReorderCache([1, 0]);
        session.Decode([5, 6]);
        AssertCross(session.CrossAttentionOf(0), [3, 5], [4, 5, 6, 7, 8]);
        AssertCross(session.CrossAttentionOf(1), [9, 1, 2, 6], [1, 2, 3]);
        AssertRecord(session.SourceAttentionOf(0), AttentionKind.EncoderSelf, 1, 2, [4, 5, 6, 7, 8], [4, 5, 6, 7, 8]);
        session.Broadcast(0);
        AssertRecord(session.SourceAttentionOf(1), AttentionKind.EncoderSelf, 1, 2, [4, 5, 6, 7, 8], [4, 5, 6, 7, 8]);
        session.Reset();
        Assert.Throws<InvalidOperationException>(() => session.CrossAttentionOf(1));
        session.Decode([1, 2]);
        AssertCross(session.CrossAttentionOf(1), [2], [4, 5, 6, 7, 8]);
    }

    [Fact]
    public void TokenizersGiveTheTexts()
    {
        using TestWeights weights = DecoderSessionTests.Weights();
        using var session = new VisibleTranslator(weights, context: 9, sourceLength: 6, batch: 1);
        var target = CharacterTokenizer.FromText("abcdefghij");
        var source = CharacterTokenizer.FromText("0123456789");
        session.Encode([1, 2]);
        session.Prefill([3, 4]);
        Assert.Equal(["d", "e"], session.AttentionOf(0, target).KeyTokens);
        Assert.Equal(["d", "e"], session.CrossAttentionOf(0, target, source).QueryTokens);
        Assert.Equal(["1", "2"], session.CrossAttentionOf(0, target, source).KeyTokens);
        Assert.Equal(["b", "c"], session.CrossAttentionOf(0, target).KeyTokens);
        Assert.Equal(["1", "2"], session.SourceAttentionOf(0, source).QueryTokens);
        Assert.Equal(["3", "4"], session.CrossAttentionOf(0).QueryTokens);
    }

    private static void AssertSelf(AttentionRecord record, int[] tokens)
    {
        Assert.Equal((AttentionKind.DecoderSelf, tokens.Length, tokens.Length), (record.Kind, record.Rows, record.Columns));
        for (int layer = 0; layer < VisibleWeights.Layers; layer++)
        {
            for (int head = 0; head < VisibleWeights.Heads; head++)
            {
                for (int query = 0; query < tokens.Length; query++)
                {
                    for (int key = 0; key < tokens.Length; key++)
                        Assert.Equal(key > query ? 0 : VisibleWeights.Of(layer, head, tokens[query], tokens[key]), record[layer, head, query, key]);
                }
            }
        }
    }

    private static void AssertCross(AttentionRecord record, int[] queries, int[] keys) =>
        AssertRecord(record, AttentionKind.Cross, VisibleWeights.Layers, VisibleWeights.Heads, queries, keys);

    private static void AssertRecord(AttentionRecord record, AttentionKind kind, int layers, int heads, int[] queries, int[] keys)
    {
        Assert.Equal((kind, layers, heads), (record.Kind, record.Layers, record.Heads));
        Assert.Equal(queries.Select(token => $"{token}"), record.QueryTokens);
        Assert.Equal(keys.Select(token => $"{token}"), record.KeyTokens);
        float[] expected =
        [
            .. from layer in Enumerable.Range(0, layers)
               from head in Enumerable.Range(0, heads)
               from query in queries
               from key in keys
               select VisibleWeights.Of(layer, head, query, key),
        ];
        Assert.Equal(expected, record.Weights);
    }
}

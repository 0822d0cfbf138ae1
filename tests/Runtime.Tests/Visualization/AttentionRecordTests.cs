using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

public sealed class AttentionRecordTests
{
    private static readonly string[] Queries = ["一", "二", "三"];
    private static readonly string[] Keys = ["one", "two"];

    [Fact]
    public void WeightsAreFoundByLayerHeadRowAndColumn()
    {
        float[] weights = Counted(2 * 3 * 3 * 2);
        var record = new AttentionRecord(AttentionKind.Cross, 2, 3, Queries, Keys, weights);
        Assert.Equal((AttentionKind.Cross, 2, 3, 3, 2), (record.Kind, record.Layers, record.Heads, record.Rows, record.Columns));
        Assert.Equal(weights[(((1 * 3) + 2) * 6) + (2 * 2) + 1], record[1, 2, 2, 1]);
        Assert.Equal(weights.AsSpan(4 * 6, 6), record.Head(1, 1));
        Assert.Equal(weights, record.Weights);
        Assert.Equal(Queries, record.QueryTokens);
        Assert.Equal(Keys, record.KeyTokens);
    }

    [Fact]
    public void TheAverageIsOverTheHeadsOfALayer()
    {
        var record = new AttentionRecord(AttentionKind.Cross, 1, 2, ["q"], Keys, [0.25f, 0.75f, 1f, 0f]);
        Assert.Equal([0.625f, 0.375f], record.Average(0));
        Assert.True(record.Average(0) == record.Average(0), "the mean is computed once");
    }

    [Fact]
    public void NothingChangesWithTheCallersArrays()
    {
        float[] weights = [0.5f, 0.5f];
        string[] keys = ["a", "b"];
        var record = new AttentionRecord(AttentionKind.EncoderSelf, 1, 1, ["q"], keys, weights);
        weights[0] = 1;
        keys[0] = "changed";
        Assert.Equal(0.5f, record[0, 0, 0, 0]);
        Assert.Equal("a", record.KeyTokens[0]);
    }

    [Fact]
    public void OtherTokensHaveTheSameWeights()
    {
        var ids = new AttentionRecord(AttentionKind.Cross, 1, 1, ["4"], ["7", "8"], [0.5f, 0.5f]);
        AttentionRecord texts = ids.WithTokens(["q"], Keys);
        Assert.Equal(Keys, texts.KeyTokens);
        Assert.Equal(ids.Weights, texts.Weights);
        Assert.Equal(["7", "8"], ids.KeyTokens);
        Assert.Contains("3 tokens for 2 columns", Assert.Throws<ArgumentException>(() => ids.WithTokens(["q"], Queries)).Message, StringComparison.Ordinal);
        Assert.Contains("2 tokens for 1 rows", Assert.Throws<ArgumentException>(() => ids.WithTokens(Keys, Keys)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongNumbersOfWeightsAreRefused() => AssertRefused(
        "There are 11 weights; 1 layers × 2 heads × 3 queries × 2 keys are 12.",
        () => new AttentionRecord(AttentionKind.Cross, 1, 2, Queries, Keys, Counted(11)));

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(-0.5f, "-0.5")]
    public void WhatIsNoWeightIsRefused(float value, string shown)
    {
        float[] weights = Counted(12);
        weights[6 + 3] = value;
        AssertRefused(
            $"layer 0, head 1, query 1, key 1 is {shown}", () => new AttentionRecord(AttentionKind.Cross, 1, 2, Queries, Keys, weights));
    }

    [Fact]
    public void MissingTokensAreRefused()
    {
        AssertRefused("There is no token.", () => new AttentionRecord(AttentionKind.Cross, 1, 1, [], Keys, []));
        AssertRefused("Token 1 is null.", () => new AttentionRecord(AttentionKind.Cross, 1, 1, ["q"], ["a", null!], [1, 0]));
    }

    [Fact]
    public void WhatIsNotThereIsNamed()
    {
        var record = new AttentionRecord(AttentionKind.Cross, 1, 2, Queries, Keys, Counted(12));
        AssertOutside("layer", () => record.Head(1, 0));
        AssertOutside("head", () => record.Head(0, 2));
        AssertOutside("layer", () => record.Average(-1));
        AssertOutside("row", () => _ = record[0, 0, 3, 0]);
        AssertOutside("column", () => _ = record[0, 0, 0, 2]);
        AssertOutside("kind", () => new AttentionRecord((AttentionKind)9, 1, 1, ["q"], ["k"], [1]));
        AssertOutside("layers", () => new AttentionRecord(AttentionKind.Cross, 0, 1, ["q"], ["k"], []));
    }

    internal static float[] Counted(int count) => Array.ConvertAll(Enumerable.Range(1, count).ToArray(), i => i / 64f);

    private static void AssertRefused(string message, Action action) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static void AssertOutside(string name, Action action) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(action).ParamName);
}

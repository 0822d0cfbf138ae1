using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

public sealed class AttentionRecordBuilderTests
{
    /// <summary>A prompt of three tokens, then one token at a time, from memory that has to grow and from memory that has not.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 100)]
    [InlineData(100, 3)]
    [InlineData(64, 64)]
    public void RowsGrowAsTheTextDoes(int rowCapacity, int columnCapacity)
    {
        const int layers = 2, heads = 3, length = 37;
        var builder = new AttentionRecordBuilder(AttentionKind.DecoderSelf, layers, heads, rowCapacity, columnCapacity);
        for (int repetition = 0; repetition < 2; repetition++)
        {
            builder.Clear();
            Append(builder, rows: 3);
            while (builder.Rows < length) Append(builder, rows: 1);
            string[] tokens = TokenLabels.Of(Enumerable.Range(0, length).ToArray());
            AttentionRecord record = builder.Build(tokens, tokens);

            for (int matrix = 0; matrix < layers * heads; matrix++)
            {
                for (int row = 0; row < length; row++)
                {
                    for (int column = 0; column < length; column++)
                        Assert.Equal(Value(matrix / heads, matrix % heads, row, column), record[matrix / heads, matrix % heads, row, column]);
                }
            }
        }
    }

    [Fact]
    public void NothingIsAllocatedWithinTheCapacity()
    {
        var builder = new AttentionRecordBuilder(AttentionKind.DecoderSelf, 2, 3, 40, 40);
        Append(builder, rows: 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (builder.Rows < 40) Append(builder, rows: 1);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void ARecordStaysWhenTheBuilderGoesOn()
    {
        var builder = new AttentionRecordBuilder(AttentionKind.Cross, 1, 1);
        builder.AddRows(1, 2);
        builder.Row(0, 0, 0)[1] = 1;
        AttentionRecord record = builder.Build(["q"], ["a", "b"]);
        builder.Row(0, 0, 0).Fill(0.5f);
        Assert.Equal([0f, 1f], record.Weights);
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        var builder = new AttentionRecordBuilder(AttentionKind.Cross, 1, 2);
        Assert.Throws<InvalidOperationException>(() => builder.Build(["q"], ["k"]));
        builder.AddRows(2, 3);
        Assert.Equal("row", Assert.Throws<ArgumentOutOfRangeException>(() => { builder.Row(0, 0, 2); }).ParamName);
        Assert.Equal("head", Assert.Throws<ArgumentOutOfRangeException>(() => { builder.Row(0, 2, 0); }).ParamName);
        Assert.Contains("1 tokens for 2 rows", Assert.Throws<ArgumentException>(() => builder.Build(["q"], ["k"])).Message, StringComparison.Ordinal);
    }

    private static void Append(AttentionRecordBuilder builder, int rows)
    {
        int first = builder.AddRows(rows, builder.Columns + rows);
        for (int layer = 0; layer < builder.Layers; layer++)
        {
            for (int head = 0; head < builder.Heads; head++)
            {
                for (int row = first; row < builder.Rows; row++)
                {
                    Span<float> weights = builder.Row(layer, head, row);
                    for (int column = 0; column < weights.Length; column++) weights[column] = Value(layer, head, row, column);
                }
            }
        }
    }

    private static float Value(int layer, int head, int row, int column) =>
        column > row ? 0 : ((layer * 64) + (head * 16) + (row % 16) + 1) / (256f * (column + 1));
}

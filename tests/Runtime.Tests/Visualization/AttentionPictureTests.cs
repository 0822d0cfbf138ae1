using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

public sealed class AttentionPictureTests
{
    private static readonly (byte, byte, byte) Darkest = (8, 48, 107);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(40, 7)]
    [InlineData(128, 128)]
    [InlineData(900, 3)]
    public void TheLargestWeightIsOneDarkCell(int rows, int columns)
    {
        (AttentionRecord record, int row, int column) = WithOnePeak(rows, columns);
        PngImage image = ImageOf(record, 0, 0);
        int cell = Math.Clamp(720 / Math.Max(rows, columns), 1, 24);
        int bar = image.Count(Darkest) - (cell * cell);
        Assert.True(bar >= 12 && bar % 12 == 0, $"the top of the bar has the colour, in rows of 12 pixels; there are {bar}");

        // The cell is where its row and column are, counted from the first dark pixel's neighbours.
        (int x, int y) = FirstDark(image);
        for (int i = 0; i < cell * cell; i++) Assert.Equal(Darkest, image[x + (i % cell), y + (i / cell)]);
        Assert.True(x >= column * cell && y >= row * cell, $"cell ({row}, {column}) of {cell} pixels is at ({x}, {y})");
    }

    [Fact]
    public void HeadsAndTheirMeanDiffer()
    {
        var record = new AttentionRecord(AttentionKind.Cross, 1, 2, ["q"], ["a", "b"], [1, 0, 0.25f, 0.75f]);
        byte[][] pictures = [Picture(record, 0, 0), Picture(record, 0, 1), Average(record, 0)];
        Assert.Equal(3, pictures.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(Picture(record, 0, 1), Picture(record, 0, 1));
    }

    [Fact]
    public void EveryTextCanBeALabel()
    {
        string[] tokens = ["<script>", "", " ", "\n", "\ud800", "😀", "四", "a四", new string('w', 100), "\u202e", "\0"];
        var record = new AttentionRecord(AttentionKind.EncoderSelf, 1, 1, tokens, tokens, new float[tokens.Length * tokens.Length]);
        var image = new PngImage(Picture(record, 0, 0));
        Assert.InRange(image.Width, 300, 800);
        Assert.InRange(image.Height, 300, 800);
    }

    [Fact]
    public void FilesAreReplacedAsAWhole()
    {
        using var folder = new TemporaryFolder();
        AttentionRecord record = WithOnePeak(3, 4).Record;
        AttentionView.WritePng(folder.File("head.png"), record, 0, 0);
        AttentionView.WritePng(folder.File("mean.png"), record, 0);
        Assert.Equal(Picture(record, 0, 0), File.ReadAllBytes(folder.File("head.png")));
        Assert.Equal(Average(record, 0), File.ReadAllBytes(folder.File("mean.png")));
        Assert.Equal(2, folder.FileNames().Length);
    }

    [Fact]
    public void WhatIsNotThereIsNamed()
    {
        AttentionRecord record = WithOnePeak(2, 2).Record;
        Assert.Equal("head", Assert.Throws<ArgumentOutOfRangeException>(() => Picture(record, 0, 1)).ParamName);
        Assert.Equal("layer", Assert.Throws<ArgumentOutOfRangeException>(() => Average(record, 1)).ParamName);
    }

    private static (AttentionRecord Record, int Row, int Column) WithOnePeak(int rows, int columns)
    {
        var weights = new float[rows * columns];
        Array.Fill(weights, 0.01f);
        (int row, int column) = (rows * 2 / 3, columns / 3);
        weights[(row * columns) + column] = 0.9f;
        string[] queries = TokenLabels.Of(Enumerable.Range(0, rows).ToArray());
        string[] keys = TokenLabels.Of(Enumerable.Range(0, columns).ToArray());
        return (new AttentionRecord(AttentionKind.Cross, 1, 1, queries, keys, weights), row, column);
    }

    /// <summary>The leftmost dark pixel's topmost neighbour: the peak's corner, as the bar is to the right of every cell.</summary>
    private static (int X, int Y) FirstDark(PngImage image)
    {
        for (int x = 0; x < image.Width; x++)
        {
            for (int y = 0; y < image.Height; y++)
            {
                if (image[x, y] == Darkest) return (x, y);
            }
        }
        throw new InvalidOperationException("No pixel has the colour of the largest value.");
    }

    private static PngImage ImageOf(AttentionRecord record, int layer, int head) => new(Picture(record, layer, head));

    private static byte[] Picture(AttentionRecord record, int layer, int head)
    {
        using var stream = new MemoryStream();
        AttentionView.WritePng(stream, record, layer, head);
        return stream.ToArray();
    }

    private static byte[] Average(AttentionRecord record, int layer)
    {
        using var stream = new MemoryStream();
        AttentionView.WritePng(stream, record, layer);
        return stream.ToArray();
    }
}

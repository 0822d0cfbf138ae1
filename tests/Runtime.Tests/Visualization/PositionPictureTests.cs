using System.Text;
using System.Text.Json;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

public sealed class PositionPictureTests
{
    [Theory]
    [InlineData(1, 1, PairLayout.Interleaved)]
    [InlineData(17, 6, PairLayout.Interleaved)]
    [InlineData(17, 6, PairLayout.Halves)]
    [InlineData(5, 7, PairLayout.Interleaved)]
    public void SinusoidsAreThoseOfThePaper(int positions, int width, PairLayout layout)
    {
        PositionPicture table = PositionPicture.Sinusoidal(positions, width, layout);
        int sines = (width + 1) / 2;
        for (int position = 0; position < positions; position++)
        {
            for (int dimension = 0; dimension < width; dimension++)
            {
                (int pair, bool isSine) = layout == PairLayout.Halves ? (dimension % sines, dimension < sines) : (dimension / 2, dimension % 2 == 0);
                double angle = position * Math.Pow(10000, -2.0 * pair / width);
                Assert.Equal(isSine ? Math.Sin(angle) : Math.Cos(angle), table.Row(position)[dimension], 1e-6);
            }
        }
    }

    /// <summary>The similarity of rotary positions is the mean cosine of the angles between them.</summary>
    [Fact]
    public void RotarySimilarityDependsOnTheDistance()
    {
        PositionPicture table = PositionPicture.Rotary(40, 8, 1000);
        foreach ((int first, int second) in ((int, int)[])[(0, 0), (3, 10), (30, 37), (39, 0)])
        {
            double expected = Enumerable.Range(0, 4).Average(pair => Math.Cos((second - first) * Math.Pow(1000, -pair / 4.0)));
            Assert.Equal(expected, table.Similarity(first, second), 1e-6);
        }
    }

    [Fact]
    public void SimilarityIsACosine()
    {
        var table = new PositionPicture("t", 4, 2, [3, 4, -6, -8, 4, -3, 0, 0]);
        Assert.Equal(1, table.Similarity(0, 0));
        Assert.Equal(-1, table.Similarity(0, 1));
        Assert.Equal(0, table.Similarity(0, 2));
        Assert.Equal(0, table.Similarity(3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Similarity(4, 0));
    }

    [Theory]
    [InlineData(3, 5, 3, 5)]
    [InlineData(1, 2, 1, 2)]
    [InlineData(512, 4, 512, 4)]
    [InlineData(513, 4, 257, 4)]
    [InlineData(7, 1100, 7, 367)]
    public void PagesShowValuesAndSimilarities(int positions, int width, int rows, int columns)
    {
        PositionPicture table = PositionPicture.Sinusoidal(positions, width);
        string page = Page(table);
        JsonElement groups = JsonDocument.Parse(Between(page, "id=\"groups\">", "</script>")).RootElement;
        Assert.Equal((rows, columns), (groups[0].GetProperty("rows").GetArrayLength(), groups[0].GetProperty("columns").GetArrayLength()));
        Assert.Equal((rows, rows), (groups[1].GetProperty("rows").GetArrayLength(), groups[1].GetProperty("columns").GetArrayLength()));
        Assert.Equal(((2 * rows * columns) + 2) / 3 * 4, Between(page, "id=\"values-0-0\">", "</script>").Length);
        byte[] similarities = Convert.FromBase64String(Between(page, "id=\"values-1-0\">", "</script>"));
        Assert.Equal(2 * rows * rows, similarities.Length);
        for (int i = 0; i < rows; i++) Assert.Equal(1, (float)BitConverter.ToHalf(similarities, 2 * i * (rows + 1)), 0.001f);

        using var stream = new MemoryStream();
        table.WritePng(stream);
        var image = new PngImage(stream.ToArray());
        Assert.True(image.Count((33, 102, 172)) > rows, "the diagonal of similarities has the colour of the largest value");
    }

    [Fact]
    public void NamesAreText()
    {
        var table = new PositionPicture("</title><script>alert(1)</script>\ud800", 1, 1, [1]);
        Assert.Contains("<h1>&#60;/title&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#65533;</h1>", Page(table), StringComparison.Ordinal);
    }

    [Fact]
    public void LearnedTablesComeFromWeights()
    {
        using TestWeights weights = TestWeights.Initialize(
            new LayoutBuilder("model")
                .Whole("wpe.weight", [7, 5], TensorOrientation.RowMajor, StorageFormat.RowMajor, Initializer.Normal(0.02f))
                .Whole("bias", [5], TensorOrientation.RowMajor, StorageFormat.RowMajor)
                .Build(),
            seed: 1);
        PositionPicture table = PositionPicture.Learned(weights, "wpe.weight");
        Assert.Equal(("wpe.weight", 7, 5), (table.Name, table.Positions, table.Width));
        Assert.Equal(weights.Export("wpe.weight"), table.Values);
        Assert.Contains("bias is [5]", Message(() => PositionPicture.Learned(weights, "bias")), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PositionPicture.Learned(weights, "no.such.table"));
    }

    [Fact]
    public void WhatIsNoTableIsRefused()
    {
        Assert.Contains("There are 5 values; 2 positions × 3 dimensions are 6.", Message(() => new PositionPicture("t", 2, 3, new float[5])), StringComparison.Ordinal);
        Assert.Contains("Position 1, dimension 0 is NaN; values are finite.", Message(() => new PositionPicture("t", 2, 2, [0, 0, float.NaN, 0])), StringComparison.Ordinal);
        Assert.Contains("7 is odd", Message(() => PositionPicture.Rotary(3, 7)), StringComparison.Ordinal);
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static string Page(PositionPicture table)
    {
        using var stream = new MemoryStream();
        table.WriteHtml(stream);
        return Encoding.ASCII.GetString(stream.ToArray());
    }

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}

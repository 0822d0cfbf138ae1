using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

/// <summary>The examples of docs/visualisation.md are the bodies of tests, and the values in their comments are what comes out.</summary>
public sealed class VisualisationDocumentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheExampleOfAttentionGivesItsValues()
    {
        string folder = _folder.ToString();

        // attention
        string[] target = ["四", "千"], source = ["four", "thousand"];
        float[] weights = [0.9f, 0.1f, 0.2f, 0.8f, 0.6f, 0.4f, 0.5f, 0.5f];           // [1 layer, 2 heads, 2 queries, 2 keys]
        var cross = new AttentionRecord(AttentionKind.Cross, layers: 1, heads: 2, target, source, weights);
        float looksAt = cross[layer: 0, head: 1, row: 0, column: 0];                   // 0.6
        float onAverage = cross.Average(layer: 0)[0];                                  // 0.75

        AttentionView.WriteHtml($"{folder}/attention.html", cross);                    // a page to explore; any number of records
        AttentionView.WritePng($"{folder}/head.png", cross, layer: 0, head: 1);        // one head
        AttentionView.WritePng($"{folder}/mean.png", cross, layer: 0);                 // the mean of the layer's heads
        // end

        Assert.Equal(0.6f, looksAt);
        Assert.Equal(0.75f, onAverage);
        Assert.Equal(["attention.html", "head.png", "mean.png"], _folder.FileNames().Order());
    }

    [Fact]
    public void TheExampleOfCurvesWritesItsFiles()
    {
        string folder = _folder.ToString();

        // curve
        TrainingCurve curve = TrainingCurve.Continue($"{folder}/last.safetensors", step: 0);   // what was written beside that checkpoint, up to a step; here nothing
        for (int step = 1; step <= 100; step++) curve.Add(step, loss: 4 / Math.Sqrt(step), learningRate: 1e-3);   // or curve.Add(report) of a TrainingLoop
        curve.AddValidation(step: 100, loss: 0.45);
        curve.Write($"{folder}/last.safetensors");                                     // last.curve.csv, last.curve.html, last.curve.png
        // end

        Assert.Equal(["last.curve.csv", "last.curve.html", "last.curve.png"], _folder.FileNames().Order());
    }

    [Fact]
    public void TheExampleOfPositionsGivesItsValues()
    {
        string folder = _folder.ToString();

        // positions
        PositionPicture sinusoids = PositionPicture.Sinusoidal(positions: 64, width: 128);
        float similarity = sinusoids.Similarity(10, 12);                               // 0.897
        sinusoids.WriteHtml($"{folder}/positions.html");
        PositionPicture.Rotary(positions: 64, rotaryDim: 32).WritePng($"{folder}/rotary.png");   // cosines, then sines, of the angles of a head
        // end

        double expected = Enumerable.Range(0, 64).Average(pair => Math.Cos(2 * Math.Pow(10000, -pair / 64.0)));
        Assert.Equal(expected, similarity, 1e-6);
        Assert.Equal(0.897, similarity, 0.0005);
        Assert.Equal(["positions.html", "rotary.png"], _folder.FileNames().Order());
    }

    [Theory]
    [InlineData("attention")]
    [InlineData("curve")]
    [InlineData("positions")]
    public void TheDocumentShowsTheExamples(string name)
    {
        string source = Between(Read("VisualisationDocumentTests.cs"), $"        // {name}\n", "        // end\n");
        string shown = Between(Read("visualisation.md"), $"<!-- {name} -->\n```csharp\n", "```\n");
        Assert.Equal(string.Join('\n', source.Split('\n').Select(line => line.Length < 8 ? line : line[8..])), shown);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", name));

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}

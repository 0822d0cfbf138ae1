using System.Text;
using System.Xml.Linq;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Training;
using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

public sealed class TrainingCurveTests
{
    private static readonly (byte, byte, byte) LossColour = (33, 102, 172);
    private static readonly (byte, byte, byte) ValidationColour = (178, 24, 43);

    [Fact]
    public void ACurveReadsBackAsItWas()
    {
        using var folder = new TemporaryFolder();
        TrainingCurve curve = Curve(50);
        curve.Add(51, double.NaN, 1e-300);
        curve.Add(60, double.PositiveInfinity, 0);
        curve.AddValidation(61, 1.0 / 3);
        curve.WriteCsv(folder.File("curve.csv"));
        Assert.Equal(curve.Points, TrainingCurve.Read(folder.File("curve.csv")).Points);
    }

    /// <summary>A training that was interrupted after its checkpoint has the curve of the uninterrupted one.</summary>
    [Fact]
    public void ATrainingThatGoesOnHasItsWholeCurve()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = folder.File("last.safetensors");
        Curve(70).Write(checkpoint);
        TrainingCurve curve = TrainingCurve.Continue(checkpoint, 40);
        Assert.Equal(Curve(40).Points, curve.Points);
        AddSteps(curve, 41, 100);
        Assert.Equal(Curve(100).Points, curve.Points);
        Assert.Equal(["last.curve.csv", "last.curve.html", "last.curve.png"], folder.FileNames().Order());
        Assert.Empty(TrainingCurve.Continue(folder.File("other.safetensors"), 40).Points);
    }

    [Fact]
    public void AStepIsOnePoint()
    {
        var curve = new TrainingCurve();
        curve.Add(new TrainingReport(1, 2.5, 0.1, 1, 1));
        curve.AddValidation(1, 2.25);
        curve.AddValidation(2, 2);
        curve.Add(2, 2.125, 0.2);
        Assert.Equal([new(1, 2.5, 0.1, 2.25), new(2, 2.125, 0.2, 2)], curve.Points);
        Assert.Throws<ArgumentException>(() => curve.AddValidation(2, 1));
        Assert.Contains("Step 2 comes after step 2", Assert.Throws<ArgumentException>(() => curve.Add(2, 1, 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>A report's validation is drawn as one that is added by itself; a metric of which higher is better is no loss.</summary>
    [Fact]
    public void ReportsHaveTheirValidation()
    {
        TrainingCurve reported = new(), added = new(), metrics = new();
        for (int step = 1; step <= 37; step++)
        {
            var report = new TrainingReport(step, 4 / Math.Sqrt(step), 1e-3, 1, 1);
            bool isValidated = step % 5 == 0;
            if (isValidated) report = report with { Validation = step == 10 ? double.NaN : 3.0 / step, IsBest = true };
            reported.Add(report);
            metrics.Add(report with { Better = Better.Higher });
            added.Add(step, report.Loss, report.LearningRate);
            if (isValidated) added.AddValidation(step, report.Validation!.Value);
        }

        Assert.Equal(added.Points, reported.Points);
        Assert.Equal(Page(added), Page(reported));
        Assert.Contains("at best (step 35)", Page(reported), StringComparison.Ordinal);
        Assert.Equal(6, Svg(reported).Descendants().Count(element => element.Name.LocalName == "rect" && (string?)element.Attribute("class") == "paint-validation"));
        Assert.True(Image(reported).Count(ValidationColour) > 0, "there are points of the validation");
        Assert.DoesNotContain("paint-validation", Svg(metrics).ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Image(metrics).Count(ValidationColour));
    }

    [Theory]
    [InlineData("", "does not begin with")]
    [InlineData("step,loss\n1,2\n", "does not begin with")]
    [InlineData("step,loss,learning_rate,validation_loss\n1,2,3,\nx,2,3,4\n", "line 3: \"x,2,3,4\"")]
    [InlineData("step,loss,learning_rate,validation_loss\n1,2,3\n", "line 2")]
    [InlineData("step,loss,learning_rate,validation_loss\n2,2,3,\n2,2,3,\n", "line 3")]
    [InlineData("step,loss,learning_rate,validation_loss\n2,two,3,\n", "line 2")]
    public void WhatIsNoCurveIsRefused(string content, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("curve.csv");
        File.WriteAllText(path, content);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => TrainingCurve.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(500)]
    [InlineData(20_000)]
    public void PagesAndPicturesHaveBothLosses(int steps)
    {
        TrainingCurve curve = Curve(steps);
        XElement svg = Svg(curve);
        XNamespace names = svg.Name.Namespace;
        string[] classes = [.. svg.Descendants().Select(element => (string?)element.Attribute("class") ?? "")];
        Assert.Contains("paint-loss", classes);
        Assert.Contains("paint-rate", classes);
        Assert.Equal(steps >= 10, classes.Contains("paint-validation"));
        Assert.InRange(svg.Descendants(names + "title").Count(), 1, 800);
        Assert.Contains("step ", svg.Descendants(names + "title").First().Value, StringComparison.Ordinal);

        PngImage image = Image(curve);
        Assert.True(image.Count(LossColour) > 0, "there is a line of the loss");
        Assert.Equal(steps >= 10, image.Count(ValidationColour) > 0);
    }

    /// <summary>Losses that fall from 4 to 2 run from the top left corner of their area to its bottom right one.</summary>
    [Fact]
    public void LinesAreWhereTheirNumbersAre()
    {
        var curve = new TrainingCurve();
        for (int step = 1; step <= 101; step++) curve.Add(step, 4 - ((step - 1) / 50.0), 1e-3);
        string points = Svg(curve).Descendants().First(element => (string?)element.Attribute("class") == "paint-loss" && element.Name.LocalName == "polyline").Attribute("points")!.Value;
        string[] places = points.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("70,50", "435,195", "800,340"), (places[0], places[50], places[^1]));
    }

    [Fact]
    public void WhatIsNotFinitePartsTheLine()
    {
        var curve = new TrainingCurve();
        for (int step = 1; step <= 9; step++) curve.Add(step, step is 4 or 5 ? double.NaN : step, 1);
        Assert.Equal(2, Svg(curve).Descendants().Count(element => element.Name.LocalName == "polyline" && (string?)element.Attribute("class") == "paint-loss"));
        var lost = new TrainingCurve();
        lost.Add(1, double.NaN, double.NaN);
        lost.AddValidation(1, double.PositiveInfinity);
        Assert.NotNull(Svg(lost));
        Assert.NotNull(Image(lost));
    }

    [Fact]
    public void EqualCurvesGiveEqualFiles()
    {
        Assert.Equal(Page(Curve(300)), Page(Curve(300)));
        Assert.NotEqual(Page(Curve(300)), Page(Curve(301)));
        Assert.DoesNotContain("<script", Page(Curve(300)), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Page(new TrainingCurve()));
    }

    private static TrainingCurve Curve(int steps)
    {
        var curve = new TrainingCurve();
        AddSteps(curve, 1, steps);
        return curve;
    }

    private static void AddSteps(TrainingCurve curve, int first, int last)
    {
        for (int step = first; step <= last; step++)
        {
            curve.Add(step, (4 / Math.Sqrt(step)) + (Noise(step) / 5), 1e-3 * Math.Min(step / 20.0, 1));
            if (step % 10 == 0) curve.AddValidation(step, (4 / Math.Sqrt(step)) + 0.1);
        }
    }

    /// <summary>Something between 0 and 1 that depends on the step alone.</summary>
    private static double Noise(int step) => step * 0.6180339887498949 % 1;

    private static string Page(TrainingCurve curve)
    {
        using var stream = new MemoryStream();
        curve.WriteHtml(stream);
        return Encoding.ASCII.GetString(stream.ToArray());
    }

    private static XElement Svg(TrainingCurve curve)
    {
        string page = Page(curve);
        int start = page.IndexOf("<svg", StringComparison.Ordinal);
        return XElement.Parse(page[start..(page.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
    }

    private static PngImage Image(TrainingCurve curve)
    {
        using var stream = new MemoryStream();
        curve.WritePng(stream);
        return new PngImage(stream.ToArray());
    }
}

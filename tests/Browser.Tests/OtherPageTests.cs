using Transformer.Compiled.Visualization;

namespace Browser.Tests;

/// <summary>The pages of trainings and of positions.</summary>
public sealed class OtherPageTests(HeadlessBrowser browser) : IClassFixture<HeadlessBrowser>, IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.html");

    public void Dispose() => File.Delete(_path);

    [BrowserFact]
    public async Task ATrainingIsDrawnInTheColoursOfItsStyle()
    {
        var curve = new TrainingCurve();
        for (int step = 1; step <= 300; step++) curve.Add(step, 4 / Math.Sqrt(step), 1e-3);
        curve.AddValidation(300, 0.5);
        curve.WriteHtml(_path);
        BrowserPage page = await browser.OpenAsync(_path);
        Assert.Equal("none rgb(33, 102, 172)", await page.EvaluateAsync<string>("(s => s.fill + ' ' + s.stroke)(getComputedStyle(document.querySelector('polyline.paint-loss')))"));
        Assert.Equal("rgb(178, 24, 43) none", await page.EvaluateAsync<string>("(s => s.fill + ' ' + s.stroke)(getComputedStyle(document.querySelector('rect.paint-validation')))"));
        Assert.Equal("step 300, training loss 0.2309, validation loss 0.5, learning rate 0.001", await page.TextAsync("svg .hint:last-child title"));
        Assert.Equal([new Uri(_path).AbsoluteUri], page.Requests);
        Assert.Empty(page.Complaints);
    }

    [BrowserFact]
    public async Task PositionsHaveValuesAndSimilarities()
    {
        PositionPicture.Rotary(20, 8).WriteHtml(_path);
        BrowserPage page = await browser.OpenAsync(_path);
        Assert.StartsWith("8x20 ", await page.PixelsAsync("#map"), StringComparison.Ordinal);
        await page.ChooseAsync("#group", "Cosine similarity");
        Assert.StartsWith("20x20 ", await page.PixelsAsync("#map"), StringComparison.Ordinal);
        Assert.Equal("33,102,172", await page.PixelAsync("#map", 7, 7));
        Assert.Equal("−1 1", await page.EvaluateAsync<string>("document.querySelector('#low').textContent + ' ' + document.querySelector('#high').textContent"));
        Assert.True(await page.EvaluateAsync<bool>("['layer', 'head', 'range'].every(id => document.getElementById(id).closest('label').hidden)"));
        Assert.Empty(page.Complaints);
    }
}

using Transformer.Compiled.Visualization;

namespace Browser.Tests;

public sealed class AttentionPageTests(HeadlessBrowser browser) : IClassFixture<HeadlessBrowser>, IDisposable
{
    private const int Up = 38, Down = 40, Right = 39, Escape = 27, End = 35;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.html");

    public void Dispose() => File.Delete(_path);

    [BrowserFact]
    public async Task ThePageAsksForNothingButItself()
    {
        BrowserPage page = await OpenAsync(Records.Cross(), Records.Causal(2, 2, 20));
        await page.ChooseAsync("#group", "Decoder self-attention");
        Assert.Equal([new Uri(_path).AbsoluteUri], page.Requests);
        Assert.Empty(page.Complaints);
    }

    /// <summary>The policy holds: what somebody adds to the page can neither load anything nor run.</summary>
    [BrowserFact]
    public async Task ThePolicyForbidsTheNetworkAndForeignScripts()
    {
        BrowserPage page = await OpenAsync(Records.Cross());
        await page.EvaluateAsync<bool>("(d => { d.innerHTML = '<img src=\"http://127.0.0.1:9/x.png\" onerror=\"window.ran = true\">'; document.body.append(d); return true; })(document.createElement('div'))");
        Assert.False(await page.EvaluateAsync<bool>("window.ran === true"));
        Assert.Contains(page.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    [BrowserFact]
    public async Task PicturesHaveACellForEachWeight()
    {
        AttentionRecord record = Records.Cross();
        BrowserPage page = await OpenAsync(record);
        Assert.StartsWith("6x4 ", await page.PixelsAsync("#map"), StringComparison.Ordinal);
        Assert.Equal(record.KeyTokens.Count, await page.EvaluateAsync<int>("document.querySelectorAll('#columns .token').length"));
        Assert.Equal(record.QueryTokens.Count, await page.EvaluateAsync<int>("document.querySelectorAll('#rows .token').length"));
        Assert.Contains("target (queries)", await page.TextAsync("#row-title"), StringComparison.Ordinal);
        Assert.Contains("source (keys)", await page.TextAsync("#column-title"), StringComparison.Ordinal);

        (int row, int column) = Records.Largest(record, 0, 0);
        Assert.Equal("8,48,107", await page.PixelAsync("#map", row, column));
    }

    [BrowserFact]
    public async Task SelectorsChangeThePicture()
    {
        BrowserPage page = await OpenAsync(Records.Cross(), Records.Causal(12, 4, 9));
        var seen = new List<string> { await page.PixelsAsync("#map") };
        foreach ((string selector, string choice) in ((string, string)[])
            [("#head", "2"), ("#head", "average of heads"), ("#layer", "1"), ("#range", "0 to 1"), ("#group", "Decoder self-attention"), ("#layer", "11")])
        {
            await page.ChooseAsync(selector, choice);
            seen.Add(await page.PixelsAsync("#map"));
        }
        Assert.Equal(seen.Count, seen.Distinct().Count());

        await page.ClickAsync("#overview button:nth-child(3)");
        Assert.DoesNotContain(await page.PixelsAsync("#map"), seen);
        Assert.Equal("2", await page.EvaluateAsync<string>("document.querySelector('#head').value"));
        Assert.Empty(page.Complaints);
    }

    [BrowserFact]
    public async Task ThePointerShowsTheValueUnderIt()
    {
        AttentionRecord record = Records.Cross();
        BrowserPage page = await OpenAsync(record);
        await page.ChooseAsync("#layer", "1");
        await page.ChooseAsync("#head", "average of heads");
        double cell = await page.EvaluateAsync<double>("Number(document.querySelector('#size').value)");
        await page.HoverAsync("#map", 3.5 * cell, 2.5 * cell);
        string shown = await page.TextAsync("#value");
        Assert.StartsWith("target 2 “';␣alert(1);␣'” → source 3 “&amp;”: ", shown, StringComparison.Ordinal);
        Assert.Equal(record.Average(1)[(2 * 6) + 3], Records.Value(shown), 0.0002);
        Assert.Equal(2, await page.EvaluateAsync<int>("document.querySelectorAll('.marked').length"));
    }

    [BrowserFact]
    public async Task TheKeyboardGoesEverywhere()
    {
        AttentionRecord record = Records.Cross();
        BrowserPage page = await OpenAsync(record);
        await page.FocusAsync("#scroll");
        await page.PressAsync("ArrowDown", Down);
        await AssertAtAsync(page, record, 0, 0);
        await page.PressAsync("ArrowUp", Up);
        await AssertAtAsync(page, record, 0, 0);
        await page.PressAsync("ArrowDown", Down);
        await page.PressAsync("ArrowRight", Right);
        await AssertAtAsync(page, record, 1, 1);
        await page.PressAsync("End", End);
        await AssertAtAsync(page, record, 1, 5);
        await page.PressAsync("Escape", Escape);
        Assert.True(await page.EvaluateAsync<bool>("document.querySelector('#cursor').hidden"));
    }

    /// <summary>Markup, quotes, ends of scripts, line separators and halves of surrogate pairs are shown, never obeyed.</summary>
    [BrowserFact]
    public async Task TextStaysText()
    {
        AttentionRecord record = Records.Cross();
        BrowserPage page = await OpenAsync(record);
        Assert.Equal("<script>alert(document.title)</script>", await page.TextAsync("#columns .token"));
        Assert.Equal("<b>\"bold\"</b>", await page.TextAsync("#rows .token:nth-child(2)"));
        Assert.Equal("8232,55296", await page.EvaluateAsync<string>("[...Array(2).keys()].map(i => document.querySelector('#rows .token:nth-child(4)').textContent.charCodeAt(i)).join()"));
        Assert.Equal("␣two ∅ ↵", await page.EvaluateAsync<string>("[3, 5, 6].map(i => document.querySelector(`#columns .token:nth-child(${i})`).textContent).join(' ')"));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.querySelectorAll('img, b, #grid script').length"));
        Assert.Equal("Attention", await page.EvaluateAsync<string>("document.title"));
        Assert.Empty(page.Complaints);
    }

    [BrowserFact]
    public async Task DarkPagesHaveTheirOwnColours()
    {
        BrowserPage page = await OpenAsync(Records.Causal(1, 1, 8));
        foreach ((string scheme, string cell, string paper) in ((string, string, string)[])
            [("light", "255,255,255", "rgb(255, 255, 255)"), ("dark", "24,29,39", "rgb(18, 22, 30)"), ("light", "255,255,255", "rgb(255, 255, 255)")])
        {
            await page.PreferAsync(scheme);
            await page.UntilAsync($"getComputedStyle(document.body).backgroundColor === '{paper}'");
            for (int attempt = 0; attempt < 100 && await page.PixelAsync("#map", 0, 7) != cell; attempt++) await Task.Delay(25);
            Assert.Equal(cell, await page.PixelAsync("#map", 0, 7));
        }
    }

    /// <summary>12 layers of 12 heads over 128 tokens: changing the layer takes no time that one would notice.</summary>
    [BrowserFact]
    public async Task LargePagesStayUsable()
    {
        BrowserPage page = await OpenAsync(Records.Causal(12, 12, 128));
        await page.ChooseAsync("#layer", "11");
        Assert.StartsWith("128x128 ", await page.PixelsAsync("#map"), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(_path).Length, 1, 7_000_000);
        double milliseconds = await page.EvaluateAsync<double>(
            "(s => { const start = performance.now(); s.value = 5; s.dispatchEvent(new Event('change')); return performance.now() - start; })(document.querySelector('#layer'))");
        Assert.InRange(milliseconds, 0, 1000);
        Assert.Empty(page.Complaints);
    }

    private static async Task AssertAtAsync(BrowserPage page, AttentionRecord record, int row, int column)
    {
        string shown = await page.TextAsync("#value");
        Assert.StartsWith($"target {row} ", shown, StringComparison.Ordinal);
        Assert.Contains($" → source {column} ", shown, StringComparison.Ordinal);
        Assert.Equal(record[0, 0, row, column], Records.Value(shown), 0.0002);
    }

    private async Task<BrowserPage> OpenAsync(params AttentionRecord[] records)
    {
        AttentionView.WriteHtml(_path, records);
        return await browser.OpenAsync(_path);
    }
}

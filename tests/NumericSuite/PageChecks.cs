using System.Text;
using Transformer.Compiled.Visualization;

namespace NumericSuite;

/// <summary>Pages and pictures are written ahead of time too: their style and script are in the program.</summary>
internal static class PageChecks
{
    public static void Run(Suite suite) => suite.Check("Pages and pictures", Write);

    private static void Write()
    {
        var record = new AttentionRecord(AttentionKind.Cross, 1, 1, ["<b>"], ["a", "b"], [0.25f, 0.75f]);
        using var page = new MemoryStream();
        AttentionView.WriteHtml(page, record);
        string text = Encoding.ASCII.GetString(page.ToArray());
        Assert.True(text.Contains("'use strict';", StringComparison.Ordinal), "the script is in the page");
        Assert.True(text.Contains("color-scheme: light dark;", StringComparison.Ordinal), "the style is in the page");
        Assert.True(text.Contains("\\u003cb\\u003e", StringComparison.Ordinal), "a token is text");

        var curve = new TrainingCurve();
        curve.Add(1, 2.5, 1e-3);
        curve.Add(2, 2.25, 1e-3);
        using var picture = new MemoryStream();
        AttentionView.WritePng(picture, record, 0);
        curve.WritePng(picture);
        curve.WriteHtml(picture);
        PositionPicture.Sinusoidal(3, 4).WritePng(picture);
        Assert.True(picture.Length > 4000, "there are pictures");
    }
}

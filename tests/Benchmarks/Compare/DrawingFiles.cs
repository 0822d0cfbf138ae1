using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Writes a drawing twice: as a picture and as a page.</summary>
internal static class DrawingFiles
{
    private const string Style =
        "body{font:13px sans-serif;margin:24px}text{font:12px sans-serif}.paint-ink{fill:#222}.paint-faint{fill:#777}.paint-loss{fill:#2166ac}" +
        ".paint-validation{fill:#b2182b}.paint-rate{fill:#1b7837}.paint-line{fill:#ddd}.hint{fill:transparent}polyline{fill:none}" +
        "polyline.paint-line{stroke:#ddd}polyline.paint-faint{stroke:#999}polyline.paint-loss{stroke:#2166ac}";

    /// <param name="path">The files' path without `.png` and `.html`.</param>
    /// <param name="title">Of the page; plain words.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="draw">Draws on an area of that size.</param>
    public static void Write(string path, string title, int width, int height, Action<IDrawing> draw)
    {
        Picture picture = new(width, height);
        draw(new PictureDrawing(picture));
        using (FileStream stream = File.Create(path + ".png")) picture.WritePng(stream);
        SvgDrawing drawing = new(width, height, title);
        draw(drawing);
        File.WriteAllText(path + ".html", $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{Style}</style>\n{drawing}</html>\n");
    }
}

namespace Transformer.Compiled.Visualization;

/// <summary>Draws on pixels.</summary>
internal sealed class PictureDrawing(Picture picture) : IDrawing
{
    public void Fill(double x, double y, double width, double height, Paint paint)
    {
        int left = (int)Math.Round(x), top = (int)Math.Round(y);
        int right = Math.Max(left + 1, (int)Math.Round(x + width)), bottom = Math.Max(top + 1, (int)Math.Round(y + height));
        picture.Fill(left, top, right - left, bottom - top, ColourOf(paint));
    }

    public void Line(IReadOnlyList<(double X, double Y)> points, double width, Paint paint) => picture.Line([.. points], width, ColourOf(paint));

    public void Text(double x, double y, string text, Paint paint) => picture.Text((int)Math.Round(x), (int)Math.Round(y), text, ColourOf(paint));

    public void TextBefore(double x, double y, string text, Paint paint) => Text(x - BitmapFont.WidthOf(text), y, text, paint);

    /// <summary>Nobody points at pixels.</summary>
    public void Hint(double x, double y, double width, double height, string text)
    {
    }

    private static Colour ColourOf(Paint paint) => paint switch
    {
        Paint.Ink => Colour.Ink,
        Paint.Faint => Colour.Faint,
        Paint.Line => Colour.Line,
        Paint.Loss => new(33, 102, 172),
        Paint.Spread => new(198, 219, 239),
        Paint.Validation => new(178, 24, 43),
        _ => new(27, 120, 55),
    };
}

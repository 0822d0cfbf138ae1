namespace Transformer.Compiled.Visualization;

/// <summary>What a diagram is drawn on. Places are in pixels from the top left corner.</summary>
internal interface IDrawing
{
    void Fill(double x, double y, double width, double height, Paint paint);

    void Line(IReadOnlyList<(double X, double Y)> points, double width, Paint paint);

    /// <summary>Text whose first letter's top left corner is at a place.</summary>
    void Text(double x, double y, string text, Paint paint);

    /// <summary>Text whose last letter's top right corner is at a place.</summary>
    void TextBefore(double x, double y, string text, Paint paint);

    /// <summary>What is said of an area when somebody points at it.</summary>
    void Hint(double x, double y, double width, double height, string text);
}

using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Visualization;

/// <summary>Draws an SVG element for a page whose style knows the paints. Texts are ours: numbers and words.</summary>
internal sealed class SvgDrawing : IDrawing
{
    private readonly StringBuilder _svg = new();

    public SvgDrawing(double width, double height, string label) => Add(
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:0.##} {height:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" role=\"img\" aria-label=\"{label}\">\n");

    public void Fill(double x, double y, double width, double height, Paint paint) =>
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" class=\"{ClassOf(paint)}\"/>\n");

    public void Line(IReadOnlyList<(double X, double Y)> points, double width, Paint paint)
    {
        Add($"<polyline stroke-width=\"{width:0.##}\" class=\"{ClassOf(paint)}\" points=\"");
        foreach ((double x, double y) in points) Add($"{x:0.##},{y:0.##} ");
        Add($"\"/>\n");
    }

    public void Text(double x, double y, string text, Paint paint) =>
        Add($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" dominant-baseline=\"hanging\" class=\"{ClassOf(paint)}\">{text}</text>\n");

    public void TextBefore(double x, double y, string text, Paint paint) =>
        Add($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" dominant-baseline=\"hanging\" text-anchor=\"end\" class=\"{ClassOf(paint)}\">{text}</text>\n");

    public void Hint(double x, double y, double width, double height, string text) =>
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" class=\"hint\"><title>{text}</title></rect>\n");

    /// <summary>The finished element.</summary>
    public override string ToString() => _svg + "</svg>\n";

    private static string ClassOf(Paint paint) => $"paint-{paint.ToString().ToLowerInvariant()}";

    private void Add(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));
}

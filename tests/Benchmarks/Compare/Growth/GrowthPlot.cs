using System.Globalization;
using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>A panel for each curve: the cost of a unit of work relative to the first size, which is level where cost grows as its work does.</summary>
internal static class GrowthPlot
{
    public const int Width = PanelWidth * Columns;

    private const int PanelWidth = 640, PanelHeight = 230, Columns = 2;
    private const int Left = 56, Right = 600, Top = 40, Bottom = 180, Letter = 12;

    public static int HeightOf(int curves) => PanelHeight * ((curves + Columns - 1) / Columns);

    public static void Draw(IDrawing drawing, IReadOnlyList<GrowthCurve> curves)
    {
        for (int i = 0; i < curves.Count; i++) Draw(drawing, curves[i], i % Columns * PanelWidth, i / Columns * PanelHeight);
    }

    private static void Draw(IDrawing drawing, GrowthCurve curve, double x, double y)
    {
        double[] values = [.. curve.Points.Select(curve.Relative)];
        Axis sizes = new(Math.Log2(curve.Points[0].Size), Math.Log2(curve.Points[^1].Size), x + Left, x + Right);
        Axis relative = new(0, Math.Max(2, values.Max()), y + Bottom, y + Top);
        drawing.Text(x + 8, y + 8, curve.Title, Paint.Ink);
        foreach (double tick in relative.Ticks(5))
        {
            drawing.Line([(x + Left, relative.At(tick)), (x + Right, relative.At(tick))], 1, Paint.Line);
            drawing.TextBefore(x + Left - 6, relative.At(tick) - 4, Axis.Format(tick), Paint.Faint);
        }
        drawing.Line([(x + Left, relative.At(1)), (x + Right, relative.At(1))], 1, Paint.Faint);
        drawing.Line([.. curve.Points.Zip(values, (point, value) => (sizes.At(Math.Log2(point.Size)), relative.At(value)))], 2, Paint.Loss);
        foreach ((GrowthPoint point, double value) in curve.Points.Zip(values))
            DrawPoint(drawing, curve, point, sizes.At(Math.Log2(point.Size)), relative.At(value), y + Bottom + 8);
        drawing.Text(x + Left, y + Bottom + 8 + Letter + 4, $"{curve.Size}; {curve.Unit} per {curve.WorkUnit}, relative to the first", Paint.Faint);
    }

    private static void DrawPoint(IDrawing drawing, GrowthCurve curve, GrowthPoint point, double x, double y, double below)
    {
        const int Half = 3;
        drawing.Fill(x - Half, y - Half, 2 * Half, 2 * Half, Paint.Loss);
        drawing.Text(x - Half, below, Axis.Format(point.Size), Paint.Faint);
        drawing.Hint(x - Half, y - Half, 2 * Half, 2 * Half, string.Create(CultureInfo.InvariantCulture, $"{point.Size:0.##}: {point.Cost:G4} {curve.Unit} for {point.Work:G4} {curve.WorkUnit}"));
    }
}

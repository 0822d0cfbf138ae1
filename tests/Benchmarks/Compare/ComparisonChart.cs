using System.Globalization;
using System.Net;
using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>The table as bars: one for each line, with a mark at 1 and at the line's goal.</summary>
internal static class ComparisonChart
{
    public const int Width = 1100;

    private const int RowHeight = 22, Top = 36, BarLeft = 620, BarRight = 1020;

    public static int HeightOf(IReadOnlyList<Comparison> lines) => Top + ((lines.Count + 1) * RowHeight);

    public static void Draw(IDrawing drawing, IReadOnlyList<Comparison> lines)
    {
        Axis axis = new(0, Math.Max(1, lines.Max(line => Math.Max(line.Ratio, line.Goal ?? 0))), BarLeft, BarRight);
        drawing.Text(8, 8, "ratio: above 1 is better than the peer; of a ceiling, the share reached", Paint.Faint);
        drawing.Fill(axis.At(1), Top - 4, 1, lines.Count * RowHeight, Paint.Faint);
        for (int i = 0; i < lines.Count; i++) DrawLine(drawing, axis, lines[i], Top + (i * RowHeight));
    }

    /// <summary>Green where the goal is reached, red where it is not, blue where there is none.</summary>
    private static void DrawLine(IDrawing drawing, Axis axis, Comparison line, double y)
    {
        Paint paint = line.Goal is not { } goal ? Paint.Loss : line.Ratio >= goal ? Paint.Rate : Paint.Validation;
        drawing.Text(8, y, WebUtility.HtmlEncode($"{line.Work} / {line.Against}, {line.Threads} thr"), Paint.Ink);
        drawing.Fill(BarLeft, y, axis.At(line.Ratio) - BarLeft, RowHeight - 8, paint);
        if (line.Goal is { } mark) drawing.Fill(axis.At(mark), y - 3, 2, RowHeight - 2, Paint.Ink);
        drawing.Text(axis.At(line.Ratio) + 6, y, line.Ratio.ToString("F2", CultureInfo.InvariantCulture), Paint.Ink);
    }
}

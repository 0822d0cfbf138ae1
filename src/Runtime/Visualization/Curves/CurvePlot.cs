using System.Globalization;

namespace Transformer.Compiled.Visualization;

/// <summary>
/// Draws a training's curves: the losses above, the learning rate below, over the same steps. Where there are more steps than pixels, the line
/// is the mean of the steps of a pixel, and their spread lies behind it.
/// </summary>
internal sealed class CurvePlot
{
    public const int Width = 860, Height = 520;

    private const int Left = 70, Right = 800, LossTop = 50, LossBottom = 340, RateTop = 385, RateBottom = 475, Letter = 12;

    private readonly IDrawing _drawing;
    private readonly IReadOnlyList<TrainingPoint> _points;
    private readonly Axis _steps;

    private CurvePlot(IDrawing drawing, IReadOnlyList<TrainingPoint> points)
    {
        _drawing = drawing;
        _points = points;
        _steps = new Axis(points[0].Step, points[^1].Step, Left, Right);
    }

    /// <summary>Draws on an area of <see cref="Width"/> × <see cref="Height"/>. There is at least one point.</summary>
    public static void Draw(IDrawing drawing, IReadOnlyList<TrainingPoint> points)
    {
        var plot = new CurvePlot(drawing, points);
        List<CurveColumn> losses = plot.ColumnsOf(point => point.Loss);
        List<CurveColumn> rates = plot.ColumnsOf(point => point.LearningRate);
        List<CurveColumn> validation = plot.ColumnsOf(point => point.ValidationLoss);
        Axis loss = AxisOf([.. losses, .. validation], LossBottom, LossTop);
        Axis rate = AxisOf(rates, RateBottom, RateTop);

        plot.DrawFrame(loss, LossTop, LossBottom, 6);
        plot.DrawFrame(rate, RateTop, RateBottom, 3);
        plot.DrawSpread(losses, loss);
        plot.DrawLines(losses, loss, Paint.Loss);
        plot.DrawLines(validation, loss, Paint.Validation);
        plot.DrawDots(validation, loss);
        plot.DrawLines(rates, rate, Paint.Rate);
        plot.DrawLegend();
        plot.DrawHints(losses, rates, validation);
    }

    /// <summary>From the least to the largest value, infinities and NaN left out.</summary>
    private static Axis AxisOf(List<CurveColumn> columns, double bottom, double top)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (CurveColumn column in columns)
        {
            if (!column.IsFinite) continue;
            low = Math.Min(low, column.Low);
            high = Math.Max(high, column.High);
        }
        return low <= high ? new Axis(low, high, bottom, top) : new Axis(0, 1, bottom, top);
    }

    /// <summary>What was measured, by pixels of the steps' axis.</summary>
    private List<CurveColumn> ColumnsOf(Func<TrainingPoint, double?> choice)
    {
        var columns = new List<CurveColumn>();
        foreach (TrainingPoint point in _points)
        {
            if (choice(point) is not { } value) continue;
            double x = _steps.At(point.Step);
            bool isSamePixel = columns.Count > 0 && (int)columns[^1].X == (int)x;
            if (isSamePixel) columns[^1] = columns[^1].With(point.Step, value);
            else columns.Add(new CurveColumn(x, point.Step, value));
        }
        return columns;
    }

    private void DrawFrame(Axis values, int top, int bottom, int ticks)
    {
        foreach (double tick in values.Ticks(ticks))
        {
            double y = values.At(tick);
            _drawing.Fill(Left, y - 0.5, Right - Left, 1, Paint.Line);
            _drawing.TextBefore(Left - 6, y - (Letter / 3.0), Axis.Format(tick), Paint.Faint);
        }
        foreach (double tick in _steps.Ticks(8).Where(tick => tick == Math.Floor(tick)))
        {
            double x = _steps.At(tick);
            _drawing.Fill(x - 0.5, bottom, 1, 5, Paint.Faint);
            _drawing.Text(x + 3, bottom + 4, tick.ToString("0", CultureInfo.InvariantCulture), Paint.Faint);
        }
        _drawing.Fill(Left, bottom - 0.5, Right - Left, 1, Paint.Faint);
        _drawing.Fill(Left - 0.5, top, 1, bottom - top, Paint.Faint);
    }

    private void DrawSpread(List<CurveColumn> columns, Axis values)
    {
        foreach (CurveColumn column in columns.Where(column => column.IsFinite && column.Low < column.High))
        {
            double top = values.At(column.High);
            _drawing.Fill(Math.Floor(column.X), top, 1, values.At(column.Low) - top, Paint.Spread);
        }
    }

    /// <summary>Lines through neighbours; what is not finite parts them.</summary>
    private void DrawLines(List<CurveColumn> columns, Axis values, Paint paint)
    {
        var line = new List<(double X, double Y)>();
        foreach (CurveColumn column in columns)
        {
            if (column.IsFinite) line.Add((column.X, values.At(column.Mean)));
            else EndLine(line, paint);
        }
        EndLine(line, paint);
    }

    private void EndLine(List<(double X, double Y)> line, Paint paint)
    {
        if (line.Count > 0) _drawing.Line(line, 1.6, paint);
        line.Clear();
    }

    private void DrawDots(List<CurveColumn> columns, Axis values)
    {
        foreach (CurveColumn column in columns.Where(column => column.IsFinite))
            _drawing.Fill(column.X - 2.5, values.At(column.Mean) - 2.5, 5, 5, Paint.Validation);
    }

    private void DrawLegend()
    {
        if (_points.Any(point => point.Loss != null))
            _drawing.Text(Left, 10, $"training loss: {Axis.Format(_points.Last(point => point.Loss != null).Loss!.Value)} at the end", Paint.Loss);
        if (_points.Where(point => point.ValidationLoss != null).ToList() is [_, ..] measured)
        {
            TrainingPoint best = measured.MinBy(point => double.IsNaN(point.ValidationLoss!.Value) ? double.PositiveInfinity : point.ValidationLoss.Value);
            _drawing.Text(
                Left, 28, $"validation loss: {Axis.Format(measured[^1].ValidationLoss!.Value)} at the end, {Axis.Format(best.ValidationLoss!.Value)} at best (step {best.Step})", Paint.Validation);
        }
        _drawing.Text(Left, RateTop - 18, "learning rate", Paint.Rate);
        _drawing.TextBefore(Right, Height - 18, "step", Paint.Faint);
    }

    /// <summary>One strip for each column of a loss, as wide as there is room to the next one.</summary>
    private void DrawHints(List<CurveColumn> losses, List<CurveColumn> rates, List<CurveColumn> validation)
    {
        Dictionary<int, CurveColumn> ratesAt = rates.ToDictionary(column => (int)column.X);
        Dictionary<int, CurveColumn> validationAt = validation.ToDictionary(column => (int)column.X);
        CurveColumn[] columns = [.. losses, .. validation.Where(column => losses.All(loss => (int)loss.X != (int)column.X))];
        Array.Sort(columns, (a, b) => a.X.CompareTo(b.X));
        for (int i = 0; i < columns.Length; i++)
        {
            CurveColumn column = columns[i];
            string text = $"step {column.Step}";
            if (losses.Contains(column)) text += $", training loss {Axis.Format(column.Mean)}";
            if (validationAt.TryGetValue((int)column.X, out CurveColumn other)) text += $", validation loss {Axis.Format(other.Mean)}";
            if (ratesAt.TryGetValue((int)column.X, out CurveColumn rate)) text += $", learning rate {Axis.Format(rate.Mean)}";
            double end = i + 1 < columns.Length ? columns[i + 1].X : column.X + 4;
            _drawing.Hint(column.X, LossTop, end - column.X, RateBottom - LossTop, text);
        }
    }
}

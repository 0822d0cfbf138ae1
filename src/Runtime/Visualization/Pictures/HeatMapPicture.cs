using System.Globalization;
using System.Numerics.Tensors;

namespace Transformer.Compiled.Visualization;

/// <summary>Draws one matrix as a heat map: labels along both axes, titles, and a bar that says what the colours mean.</summary>
internal sealed class HeatMapPicture
{
    private const int Margin = 12, Gap = 6, BarWidth = 12, LabelCharacters = 20, LargestCell = 24, PreferredSide = 720, TitleScale = 2;

    private readonly MatrixGroup _group;
    private readonly float[] _values;
    private readonly double _largest;
    private readonly string _title;
    private readonly int _cell;
    private readonly int _left;
    private readonly int _top;
    private readonly Picture _picture;

    private HeatMapPicture(MatrixGroup group, ReadOnlySpan<float> values, string title)
    {
        _group = group;
        _values = values.ToArray();
        _title = title;
        float largest = Math.Abs(TensorPrimitives.MaxMagnitude(values));
        _largest = largest > 0 ? largest : 1;
        _cell = Math.Clamp(PreferredSide / Math.Max(Rows, Columns), 1, LargestCell);
        int titleHeight = (BitmapFont.Height * TitleScale) + Gap;
        _left = Margin + BitmapFont.Height + Gap + LongestOf(group.RowLabels) + Gap;
        _top = Margin + titleHeight + BitmapFont.Height + Gap + LongestOf(group.ColumnLabels) + Gap;
        int map = _left + (Columns * _cell) + (2 * Gap) + BarWidth + Gap + BitmapFont.WidthOf("-0.00001") + Margin;
        int headings = _left + BitmapFont.WidthOf(group.ColumnTitle) + Margin;
        int width = Math.Max(Math.Max(map, headings), (2 * Margin) + (TitleScale * BitmapFont.WidthOf(title)));
        int height = _top + Math.Max(Rows * _cell, BitmapFont.WidthOf(group.RowTitle)) + Margin;
        _picture = new Picture(width, Math.Max(height, _top + (4 * BitmapFont.Height)));
    }

    private int Rows => _group.RowLabels.Count;

    private int Columns => _group.ColumnLabels.Count;

    /// <summary>Draws a matrix [rows, columns].</summary>
    public static Picture Draw(MatrixGroup group, ReadOnlySpan<float> values, string title)
    {
        var drawing = new HeatMapPicture(group, values, title);
        drawing.DrawCells();
        drawing.DrawLabels();
        drawing.DrawBar();
        return drawing._picture;
    }

    private static int LongestOf(IReadOnlyList<string> labels)
    {
        int longest = 0;
        for (int i = 0; i < labels.Count; i++) longest = Math.Max(longest, BitmapFont.WidthOf(Label(labels, i)));
        return longest;
    }

    private static string Label(IReadOnlyList<string> labels, int index) => BitmapFont.Label(labels[index], index, LabelCharacters);

    private Colour ColourOf(double value) => _group.Range == MatrixRange.Signed
        ? ColourRamp.Signed.At((1 + (value / _largest)) / 2)
        : ColourRamp.Positive.At(value / _largest);

    private void DrawCells()
    {
        for (int i = 0; i < _values.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, Columns);
            _picture.Fill(_left + (column * _cell), _top + (row * _cell), _cell, _cell, ColourOf(_values[i]));
        }
        _picture.Frame(_left, _top, Columns * _cell, Rows * _cell, Colour.Line);
    }

    /// <summary>Where cells are smaller than letters, every n-th label.</summary>
    private void DrawLabels()
    {
        int step = (BitmapFont.Height + _cell) / _cell;
        int middle = (_cell - BitmapFont.Height) / 2;
        for (int row = 0; row < Rows; row += step)
        {
            string label = Label(_group.RowLabels, row);
            _picture.Text(_left - Gap - BitmapFont.WidthOf(label), _top + (row * _cell) + middle, label, Colour.Ink);
        }
        for (int column = 0; column < Columns; column += step)
            _picture.TextUpwards(_left + (column * _cell) + middle, _top - Gap, Label(_group.ColumnLabels, column), Colour.Ink);

        _picture.Text(Margin, Margin, _title, Colour.Ink, TitleScale);
        _picture.Text(_left, Margin + (BitmapFont.Height * TitleScale) + Gap, _group.ColumnTitle, Colour.Faint);
        _picture.TextUpwards(Margin, _top + BitmapFont.WidthOf(_group.RowTitle), _group.RowTitle, Colour.Faint);
    }

    private void DrawBar()
    {
        int x = _left + (Columns * _cell) + (2 * Gap), height = Math.Max(Rows * _cell, 3 * BitmapFont.Height);
        double low = _group.Range == MatrixRange.Signed ? -_largest : 0;
        for (int y = 0; y < height; y++)
            _picture.Fill(x, _top + y, BarWidth, 1, ColourOf(_largest - ((_largest - low) * y / Math.Max(height - 1, 1))));
        _picture.Frame(x, _top, BarWidth, height, Colour.Line);
        _picture.Text(x + BarWidth + Gap, _top, Number(_largest), Colour.Ink);
        _picture.Text(x + BarWidth + Gap, _top + height - BitmapFont.Height, Number(low), Colour.Ink);
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Transformer.Compiled.Visualization;

/// <summary>What is shown of a table of positions: its values and the similarities of its rows, thinned out where it is large.</summary>
internal sealed class PositionMatrices
{
    public PositionMatrices(PositionPicture table)
    {
        int[] positions = Thinned(table.Positions), dimensions = Thinned(table.Width);
        string[] labels = LabelsOf(positions);
        float[] values = Matrix(positions, dimensions, (position, dimension) => table.Row(position)[dimension]);
        float[] similarities = Matrix(positions, positions, table.Similarity);
        Groups =
        [
            new MatrixGroup
            {
                Label = "Values",
                RowTitle = "positions",
                ColumnTitle = "dimensions",
                RowName = "position",
                ColumnName = "dimension",
                RowLabels = labels,
                ColumnLabels = LabelsOf(dimensions),
                Range = MatrixRange.Signed,
                Values = (_, _) => values,
            },
            new MatrixGroup
            {
                Label = "Cosine similarity",
                RowTitle = "positions",
                ColumnTitle = "positions",
                RowName = "position",
                ColumnName = "position",
                RowLabels = labels,
                ColumnLabels = labels,
                Range = MatrixRange.Signed,
                Values = (_, _) => similarities,
            },
        ];
    }

    public IReadOnlyList<MatrixGroup> Groups { get; }

    public Picture Draw()
    {
        Picture values = HeatMapPicture.Draw(Groups[0], Groups[0].Values(0, 0), Groups[0].Label);
        Picture similarities = HeatMapPicture.Draw(Groups[1], Groups[1].Values(0, 0), Groups[1].Label);
        var both = new Picture(values.Width + similarities.Width, Math.Max(values.Height, similarities.Height));
        both.Place(values, 0, 0);
        both.Place(similarities, values.Width, 0);
        return both;
    }

    private static int[] Thinned(int count)
    {
        int step = (count + PositionPicture.LargestSide - 1) / PositionPicture.LargestSide;
        return [.. Enumerable.Range(0, (count + step - 1) / step).Select(i => i * step)];
    }

    private static string[] LabelsOf(int[] numbers) => Array.ConvertAll(numbers, number => number.ToString(CultureInfo.InvariantCulture));

    private static float[] Matrix(int[] rows, int[] columns, Func<int, int, float> value)
    {
        var matrix = new float[rows.Length * columns.Length];
        for (int i = 0; i < matrix.Length; i++) matrix[i] = value(rows[i / columns.Length], columns[i % columns.Length]);
        return matrix;
    }
}

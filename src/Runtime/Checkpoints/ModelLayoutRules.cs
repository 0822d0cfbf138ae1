namespace Transformer.Compiled.Checkpoints;

/// <summary>Checks that a layout's numbers agree, once, so that copying by it can never leave the storage.</summary>
internal static class ModelLayoutRules
{
    public static void Check(ModelLayout layout)
    {
        Require(layout.TrainedFloats >= 0 && layout.TrainedFloats <= layout.Floats, layout, "more floats are trained than there are");
        CheckParameters(layout);
        foreach (CheckpointTensor tensor in layout.Tensors) CheckTensor(layout, tensor);
        CheckCoverage(layout);
    }

    private static void CheckParameters(ModelLayout layout)
    {
        ParameterInfo[] byOffset = layout.Parameters.ToArray();
        Array.Sort(byOffset, (left, right) => left.Offset.CompareTo(right.Offset));
        nint end = 0;
        foreach (ParameterInfo parameter in byOffset)
        {
            Require(parameter.Rows > 0 && parameter.Columns > 0, layout, $"parameter '{parameter.Name}' is empty");
            Require(parameter.Offset >= end, layout, $"parameter '{parameter.Name}' overlaps the one before it, or the storage's start");
            end = checked(parameter.Offset + parameter.Floats);
            Require(end <= layout.Floats, layout, $"parameter '{parameter.Name}' ends at {end}, past the storage's end");
            bool isWhole = end <= layout.TrainedFloats || parameter.Offset >= layout.TrainedFloats;
            Require(isWhole, layout, $"parameter '{parameter.Name}' is trained in part");
        }
    }

    private static void CheckTensor(ModelLayout layout, CheckpointTensor tensor)
    {
        Require(tensor.Shape.Length > 0 && tensor.Count > 0, layout, $"tensor '{tensor.Name}' is empty or a scalar");
        bool canStand = tensor.Orientation == TensorOrientation.RowMajor || tensor.Shape.Length == 2;
        Require(canStand, layout, $"tensor '{tensor.Name}' is no matrix, but transposed");
        Require(tensor.Rows.Length > 0, layout, $"tensor '{tensor.Name}' holds no parameter");
        long rows = 0, found = 0;
        foreach (RowRange range in tensor.Rows)
        {
            Require((uint)range.Parameter < (uint)layout.Parameters.Length, layout, $"tensor '{tensor.Name}' holds an unknown parameter");
            ParameterInfo parameter = layout.Parameters[range.Parameter];
            Require(
                range.Start >= 0 && range.Count > 0 && range.Start <= parameter.Rows - range.Count,
                layout, $"tensor '{tensor.Name}' holds rows that parameter '{parameter.Name}' lacks");
            int columns = layout.Parameters[tensor.Rows[0].Parameter].Columns;
            bool hasColumns = parameter.Columns == columns && HasColumns(tensor, columns);
            Require(hasColumns, layout, $"tensor '{tensor.Name}' and parameter '{parameter.Name}' differ in columns");
            found = tensor.Count / columns;
            rows += range.Count;
        }

        Require(rows == found, layout, $"tensor '{tensor.Name}' has {found} rows, but holds {rows}");
    }

    /// <summary>Whether the last dimensions, or none of them, make up the columns; of a transposed matrix the first.</summary>
    private static bool HasColumns(CheckpointTensor tensor, int columns)
    {
        if (tensor.Orientation == TensorOrientation.Transposed) return tensor.Shape[0] == columns;
        long product = 1;
        for (int axis = tensor.Shape.Length - 1; axis >= 0 && product < columns; axis--) product *= tensor.Shape[axis];
        return product == columns;
    }

    private static void CheckCoverage(ModelLayout layout)
    {
        var ranges = new List<RowRange>();
        foreach (CheckpointTensor tensor in layout.Tensors) ranges.AddRange(tensor.Rows);
        ranges.Sort((left, right) => (left.Parameter, left.Start).CompareTo((right.Parameter, right.Start)));
        var covered = new int[layout.Parameters.Length];
        foreach (RowRange range in ranges)
        {
            string name = layout.Parameters[range.Parameter].Name;
            Require(range.Start == covered[range.Parameter], layout, $"parameter '{name}' has rows in two tensors or none");
            covered[range.Parameter] += range.Count;
        }

        for (int index = 0; index < covered.Length; index++)
            Require(covered[index] == layout.Parameters[index].Rows, layout, $"parameter '{layout.Parameters[index].Name}' has rows in no tensor");
    }

    private static void Require(bool holds, ModelLayout layout, string otherwise)
    {
        if (!holds) throw new ArgumentException($"{layout.ModelName}: {otherwise}.");
    }
}

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
        long rows = 0;
        foreach (RowRange range in tensor.Rows)
        {
            Require((uint)range.Parameter < (uint)layout.Parameters.Length, layout, $"tensor '{tensor.Name}' holds an unknown parameter");
            ParameterInfo parameter = layout.Parameters[range.Parameter];
            Require(
                range.Start >= 0 && range.Count > 0 && range.Start <= parameter.Rows - range.Count,
                layout, $"tensor '{tensor.Name}' holds rows that parameter '{parameter.Name}' lacks");
            Require(parameter.Columns == tensor.ColumnCount, layout, $"tensor '{tensor.Name}' and parameter '{parameter.Name}' differ in columns");
            rows += range.Count;
        }

        Require(rows == tensor.RowCount, layout, $"tensor '{tensor.Name}' has {tensor.RowCount} rows, but holds {rows}");
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

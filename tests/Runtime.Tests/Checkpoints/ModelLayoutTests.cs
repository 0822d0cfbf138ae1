using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Checkpoints;

public class ModelLayoutTests
{
    public static TheoryData<int, int, TensorOrientation, StorageFormat> Matrices
    {
        get
        {
            var cases = new TheoryData<int, int, TensorOrientation, StorageFormat>();
            foreach (TensorOrientation orientation in Enum.GetValues<TensorOrientation>())
            {
                foreach (StorageFormat format in Enum.GetValues<StorageFormat>())
                {
                    foreach ((int rows, int columns) in new[] { (1, 1), (7, 3), (16, 5), (17, 1), (33, 131), (48, 16) }) cases.Add(rows, columns, orientation, format);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Matrices))]
    public void EveryElementHasItsPlace(int rows, int columns, TensorOrientation orientation, StorageFormat format)
    {
        int[] shape = orientation == TensorOrientation.RowMajor ? [rows, columns] : [columns, rows];
        ModelLayout layout = new LayoutBuilder("Odd")
            .Whole("before", [3], TensorOrientation.RowMajor, StorageFormat.RowMajor)
            .Whole("x", shape, orientation, format)
            .Build();
        using var storage = new GuardedBuffer<float>((int)layout.Floats);
        storage.Fill(-1f);
        float[] tensor = Numbers(rows * columns);
        layout.Import(storage.Pointer, "x", tensor);

        ParameterInfo parameter = layout.Parameters[1];
        var expected = new float[layout.Floats];
        Array.Fill(expected, -1f);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                float value = orientation == TensorOrientation.RowMajor ? tensor[row * columns + column] : tensor[column * rows + row];
                int place = format == StorageFormat.RowMajor ? row * columns + column : (row / 16 * columns + column) * 16 + row % 16;
                expected[(int)parameter.Offset + place] = value;
            }
        }

        Assert.Equal(expected, storage.ToArray());
        storage.Verify();
        var exported = new float[tensor.Length];
        layout.Export(storage.Pointer, "x", exported);
        Assert.Equal(tensor, exported);
    }

    [Fact]
    public void RowsThatTakeTurns()
    {
        RowRange[] rows = RowRange.TakingTurns(2, new RowRange(5, 0, 6), new RowRange(6, 0, 2), new RowRange(7, 4, 4));
        Assert.Equal([new(5, 0, 3), new(6, 0, 1), new(7, 4, 2), new(5, 3, 3), new(6, 1, 1), new(7, 6, 2)], rows);
        Assert.Throws<ArgumentException>(() => RowRange.TakingTurns(4, new RowRange(0, 0, 6)));
    }

    [Theory, MemberData(nameof(Matrices))]
    public void PartsAreCopiedLikeTheWhole(int rows, int columns, TensorOrientation orientation, StorageFormat format)
    {
        ModelLayout layout = Stacked(rows, columns, orientation, format);
        using var whole = new GuardedBuffer<float>((int)layout.Floats);
        using var parts = new GuardedBuffer<float>((int)layout.Floats);
        whole.Fill(0f);
        parts.Fill(0f);
        CheckpointTensor tensor = layout.Tensor("stack");
        float[] values = Numbers((int)tensor.Count);
        layout.Import(whole.Pointer, "stack", values);

        var exported = new float[values.Length];
        for (int first = 0, length = 1; first < values.Length; first += length, length = (length + 3) % 41 + 1)
        {
            length = Math.Min(length, values.Length - first);
            layout.Import(parts.Pointer, tensor, first, values.AsSpan(first, length));
            layout.Export(whole.Pointer, tensor, first, exported.AsSpan(first, length));
        }

        Assert.Equal(whole.ToArray(), parts.ToArray());
        Assert.Equal(values, exported);
        whole.Verify();
        parts.Verify();
    }

    [Theory, MemberData(nameof(Matrices))]
    public void StacksOfRowsAreTheirParametersRows(int rows, int columns, TensorOrientation orientation, StorageFormat format)
    {
        ModelLayout layout = Stacked(rows, columns, orientation, format);
        using var storage = new GuardedBuffer<float>((int)layout.Floats);
        CheckpointTensor tensor = layout.Tensor("stack");
        float[] values = Numbers((int)tensor.Count);
        layout.Import(storage.Pointer, "stack", values);

        int stackRow = 0;
        foreach (RowRange range in tensor.Rows)
        {
            for (int row = range.Start; row < range.Start + range.Count; row++, stackRow++)
            {
                for (int column = 0; column < columns; column++)
                {
                    float expected = orientation == TensorOrientation.RowMajor ? values[stackRow * columns + column] : values[column * 2 * rows + stackRow];
                    Assert.Equal(expected, storage[(int)layout.Parameters[range.Parameter].ElementOffset(row, column)]);
                }
            }
        }
    }

    [Fact]
    public void HigherDimensionsAreColumns()
    {
        var builder = new LayoutBuilder("Patches");
        int parameter = builder.Parameter("patch", 2, 12, StorageFormat.Panels);
        ModelLayout layout = builder.Tensor("patch", [2, 3, 2, 2], TensorOrientation.RowMajor, new RowRange(parameter, 0, 2)).Build();
        using var storage = new GuardedBuffer<float>((int)layout.Floats);
        layout.Import(storage.Pointer, "patch", Numbers(24));
        Assert.Equal(17f, storage[5 * 16 + 1]);
    }

    [Theory]
    [InlineData(7, 1, StorageFormat.RowMajor, 1, 7)]
    [InlineData(1, 7, StorageFormat.RowMajor, 1, 7)]
    [InlineData(7, 1, StorageFormat.RowMajor, 1, 1, 7)]
    [InlineData(5, 7, StorageFormat.RowMajor, 1, 5, 7)]
    [InlineData(5, 12, StorageFormat.Panels, 5, 3, 2, 2)]
    [InlineData(6, 1, StorageFormat.RowMajor, 2, 3)]
    public void ATensorMayDeclareItsShape(int rows, int columns, StorageFormat format, params int[] shape)
    {
        var builder = new LayoutBuilder("Declared");
        int parameter = builder.Parameter("p", rows, columns, format);
        ModelLayout layout = builder.Tensor("t", shape, TensorOrientation.RowMajor, new RowRange(parameter, 0, rows)).Build();
        Assert.Equal(shape, layout.Tensor("t").Shape);
        using var storage = new GuardedBuffer<float>((int)layout.Floats);
        float[] values = Numbers(rows * columns), exported = new float[rows * columns];
        layout.Import(storage.Pointer, "t", values);
        layout.Export(storage.Pointer, "t", exported);
        Assert.Equal(values, exported);
        for (int element = 0; element < values.Length; element++)
            Assert.Equal(values[element], storage[(int)layout.Parameters[parameter].ElementOffset(element / columns, element % columns)]);
        storage.Verify();
    }

    [Fact]
    public void UnknownNamesAndWrongSizesAreNamed()
    {
        ModelLayout layout = new LayoutBuilder("Named").Whole("wte.weight", [2, 3], TensorOrientation.RowMajor, StorageFormat.RowMajor).Build();
        var values = new float[6];
        Assert.Contains("Named has no tensor 'wpe.weight'; nearest: 'wte.weight'", Assert.Throws<ArgumentException>(() => layout.Export(default, "wpe.weight", values)).Message);
        Assert.Contains("Tensor 'wte.weight' of Named has 6 elements, of shape [2, 3], not 5", Assert.Throws<ArgumentException>(() => layout.Import(default, "wte.weight", values.AsSpan(1))).Message);
    }

    [Fact]
    public void TrainedTensorsAreThoseInsideTheTrainedFloats()
    {
        ModelLayout layout = new LayoutBuilder("Half")
            .Whole("trained", [16], TensorOrientation.RowMajor, StorageFormat.RowMajor)
            .Whole("frozen", [3], TensorOrientation.RowMajor, StorageFormat.RowMajor)
            .Build(trainedFloats: 16);
        Assert.True(layout.IsTrained(layout.Tensor("trained")));
        Assert.False(layout.IsTrained(layout.Tensor("frozen")));
    }

    [Theory]
    [InlineData("overlaps the one before it", 3, 2, 0, 2, 0, 3)]
    [InlineData("past the storage's end", 50, 2, 6, 2, 0, 3)]
    [InlineData("differ in columns", 3, 4, 6, 2, 0, 3)]
    [InlineData("holds rows that parameter 'second' lacks", 3, 2, 6, 2, 1, 3)]
    [InlineData("has 3 rows, but holds 2", 3, 2, 6, 2, 0, 2)]
    [InlineData("has rows in no tensor", 4, 2, 6, 2, 0, 3)]
    [InlineData("is empty", 0, 2, 6, 2, 0, 3)]
    public void ContradictionsAreRefused(string fragment, int rows, int columns, int offset, int tensorColumns, int start, int count)
    {
        ParameterInfo[] parameters =
        [
            new("first", ParameterKind.Norm, 6, 1, 0, StorageFormat.RowMajor, Initializer.Ones),
            new("second", ParameterKind.Projection, rows, columns, offset, StorageFormat.RowMajor, Initializer.Zeros),
        ];
        CheckpointTensor[] tensors =
        [
            new("one", [6], TensorOrientation.RowMajor, [new(0, 0, 6)]),
            new("two", [3, tensorColumns], TensorOrientation.RowMajor, [new(1, start, count)]),
        ];
        var exception = Assert.Throws<ArgumentException>(() => new ModelLayout("Broken", 64, 64, parameters, tensors, new CheckpointConventions("", [], [])));
        Assert.StartsWith("Broken: ", exception.Message);
        Assert.Contains(fragment, exception.Message);
    }

    /// <summary>A tensor whose rows come from two parameters: the second's from row 1 on, then all of the first.</summary>
    private static ModelLayout Stacked(int rows, int columns, TensorOrientation orientation, StorageFormat format)
    {
        var builder = new LayoutBuilder("Stacked");
        int first = builder.Parameter("first", rows, columns, StorageFormat.RowMajor);
        int second = builder.Parameter("second", rows + 1, columns, format);
        int[] Shape(int count) => orientation == TensorOrientation.RowMajor ? [count, columns] : [columns, count];
        return builder
            .Tensor("stack", Shape(2 * rows), orientation, new RowRange(second, 1, rows), new RowRange(first, 0, rows))
            .Tensor("rest", Shape(1), orientation, new RowRange(second, 0, 1))
            .Build();
    }

    private static float[] Numbers(int count)
    {
        var numbers = new float[count];
        for (int index = 0; index < count; index++) numbers[index] = index;
        return numbers;
    }
}

using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Ptx.Kernels.Tests;

public sealed class EmbeddingTests
{
    /// <summary>Rows, entries, columns, layout: an odd vocabulary, one row, more columns than a warp adds up at once.</summary>
    public static TheoryData<int, int, int, string, float> Cases => new()
    {
        { 1, 1, 1, "RowMajor", 1f },
        { 5, 131, 7, "RowMajor", 1f },
        { 40, 19, 36, "Panels", 0.5f },
        { 33, 16, 7, "Panels", 1f },
        { 64, 5, 8, "RowMajor", 2.5f },
        { 3, 3, 520, "RowMajor", 1f },
        { 3, 3, 131, "RowMajor", 1f },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void RowsAreLookedUp(int rows, int entries, int columns, string layout, float scale)
    {
        using var device = new Device();
        EmbeddingShape shape = Shape(rows, entries, columns, layout, scale);
        int[] indices = Numbers.Integers(1, rows, entries);
        float[] table = Numbers.Random(2, entries * columns), more = Numbers.Random(3, rows * columns);
        DeviceBuffer where = device.Of(indices), stored = device.Of(Stored(shape, table)), y = device.Unwritten(more.Length), sum = device.Of(more);
        device.Run(EmbeddingKernels.Forward(shape, Addend.None), where, stored, y);
        device.Run(EmbeddingKernels.Forward(shape, Addend.Added), where, stored, sum, sum);
        Assert.Equal(more.Select((_, i) => scale * table[(indices[i / columns] * columns) + (i % columns)]), y.Floats());
        Assert.Equal(more.Select((addend, i) => MathF.FusedMultiplyAdd(table[(indices[i / columns] * columns) + (i % columns)], scale, addend)), sum.Floats());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GradientsAreAddedInTheOrderOfTheRows(int rows, int entries, int columns, string layout, float scale)
    {
        EmbeddingShape shape = Shape(rows, entries, columns, layout, scale);
        int[] indices = Numbers.Integers(1, rows, entries);
        float[] dy = Numbers.Random(2, rows * columns), before = Stored(shape, Numbers.Random(3, entries * columns));
        foreach (int ignored in new[] { -1, 2 })
        {
            using var device = new Device();
            DeviceBuffer dTable = device.Unwritten(before.Length), sum = device.Of(before);
            device.Run(EmbeddingKernels.Gradient(shape, ignored, Addend.None), device.Of(indices), device.Of(dy), dTable);
            device.Run(EmbeddingKernels.Gradient(shape, ignored, Addend.Added), device.Of(indices), device.Of(dy), sum, sum);
            Assert.Equal(Expected(shape, indices, dy, ignored, new float[before.Length]), dTable.Floats());
            Assert.Equal(Expected(shape, indices, dy, ignored, before), sum.Floats());

            DeviceBuffer first = device.Unwritten(before.Length), later = device.Of(before);
            PtxKernel accumulating = EmbeddingKernels.Gradient(shape, ignored, Addend.Accumulated);
            device.Run(accumulating, device.Of(indices), device.Of(dy), first, device.Control((ControlField.AccumulationIsOn, 0)));
            device.Run(accumulating, device.Of(indices), device.Of(dy), later, device.Control((ControlField.AccumulationIsOn, 1)));
            Assert.Equal(dTable.Floats(), first.Floats());
            Assert.Equal(sum.Floats(), later.Floats());
        }
    }

    private static float[] Expected(EmbeddingShape shape, int[] indices, float[] dy, int ignored, float[] before)
    {
        float[] table = [.. before];
        for (int row = 0; row < indices.Length; row++)
        {
            for (int column = 0; column < shape.Columns && indices[row] != ignored; column++)
            {
                int place = Place(shape, indices[row], column);
                table[place] = MathF.FusedMultiplyAdd(dy[(row * shape.Columns) + column], shape.Scale, table[place]);
            }
        }

        return table;
    }

    private static EmbeddingShape Shape(int rows, int entries, int columns, string layout, float scale) =>
        new(Extent.Of(rows), entries, columns, scale, Enum.Parse<TableLayout>(layout));

    private static int Place(EmbeddingShape shape, int row, int column) =>
        shape.Layout == TableLayout.Panels ? Numbers.PanelIndex(row, column, shape.Columns) : (row * shape.Columns) + column;

    private static float[] Stored(EmbeddingShape shape, float[] table)
    {
        var stored = new float[shape.PaddedEntries * shape.Columns];
        for (int i = 0; i < table.Length; i++) stored[Place(shape, i / shape.Columns, i % shape.Columns)] = table[i];
        return stored;
    }
}

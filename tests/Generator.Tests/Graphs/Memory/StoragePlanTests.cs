using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs.Memory;

public sealed class StoragePlanTests
{
    private const int Alignment = 16;

    public static TheoryData<string> Models { get; } = new(TinyModels.Names);

    [Theory]
    [MemberData(nameof(Models))]
    public void NothingOverlapsAndEverythingIsAligned(string name)
    {
        ModelGraph model = ModelBuilder.Build(TinyModels.Declaration(name));
        var plan = new StoragePlan(model);
        AssertApart(model.Parameters.Select(p => (plan.OffsetOf(p), p.StorageFloats)), plan.ParameterFloats);
        AssertApart(model.Tables.SelectMany(t => t.Tensors).Select(t => (plan.OffsetOfTable(t), t.Shape.Elements)), plan.TableFloats);
        AssertApart(model.States.Select(s => (plan.OffsetOf(s), s.Floats)), plan.StateFloats);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TrainedParametersStandFirst(string name)
    {
        ModelGraph model = ModelBuilder.Build(TinyModels.Declaration(name));
        var plan = new StoragePlan(model);
        Assert.All(model.Parameters, p => Assert.Equal(p.IsTrained, plan.OffsetOf(p) < plan.TrainedFloats));
        Assert.All(model.Parameters.Where(p => p.IsTrained), p => Assert.InRange(plan.OffsetOf(p) + p.StorageFloats, 0, plan.TrainedFloats));
    }

    [Theory]
    [InlineData(1, 5, 80)]
    [InlineData(16, 5, 80)]
    [InlineData(17, 5, 160)]
    public void PanelsTakeWholePanels(int rows, int columns, long floats)
    {
        var parameter = new Parameter("weight", ParameterKind.Projection, rows, columns, Initializer.Zeros) { Format = StorageFormat.Panels };
        Assert.Equal(floats, parameter.StorageFloats);
    }

    private static void AssertApart(IEnumerable<(long Offset, long Floats)> places, long end)
    {
        long next = 0;
        foreach ((long offset, long floats) in places.OrderBy(place => place.Offset))
        {
            Assert.Equal(0, offset % Alignment);
            Assert.True(offset >= next, $"What starts at {offset} overlaps what ends at {next}.");
            next = offset + floats;
        }
        Assert.InRange(next, 0, end);
    }
}

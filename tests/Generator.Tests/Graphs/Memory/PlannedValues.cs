using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs.Memory;

/// <summary>
/// Values at the places that a memory plan gives them, in one arena that is poisoned where a value dies. Each read is compared with
/// memory in which every value has a place of its own.
/// </summary>
internal sealed class PlannedValues : IValues
{
    private readonly SsaValues _reference;
    private readonly MemoryPlan _plan;
    private readonly PlacementChecker _checker;
    private readonly double[] _arena;
    private readonly Dictionary<object, int> _versions = [];

    public PlannedValues(ProgramGraph program, SsaValues reference)
    {
        _reference = reference;
        _plan = MemoryPlan.Of(program);
        _checker = new PlacementChecker(program, _plan);
        _arena = new double[_plan.Floats];
        Array.Fill(_arena, double.NaN);
    }

    public void Begin(RunState run)
    {
    }

    public double[] Read(Tensor tensor)
    {
        double[] expected = _reference.Read(tensor);
        if (Owner(tensor) is { } owner)
        {
            Assert.True(_versions.GetValueOrDefault(owner) == tensor.Version, $"Version {tensor.Version} of {tensor} is read when it is overwritten.");
            return expected;
        }
        if (tensor.Role != TensorRole.Activation) return expected;
        double[] actual = Memory(tensor, _plan.OffsetOf(tensor)!.Value).ToArray();
        Assert.True(expected.AsSpan().SequenceEqual(actual), $"{tensor} is overwritten before it is read.");
        return actual;
    }

    public void Write(Tensor tensor, double[] value)
    {
        _reference.Write(tensor, value);
        if (Owner(tensor) is { } owner) _versions[owner] = tensor.Version;
        if (_checker.Place(tensor) is { } offset) value.CopyTo(Memory(tensor, offset));
    }

    public void Finish(Operation operation)
    {
        foreach (Tensor dead in _checker.Finish(operation)) Memory(dead, _plan.OffsetOf(dead)!.Value).Fill(double.NaN);
    }

    /// <summary>What versions of a gradient or state share.</summary>
    private static object? Owner(Tensor tensor) => tensor.Role switch
    {
        TensorRole.ParameterGradient => tensor.Parameter,
        TensorRole.State => tensor.State,
        _ => null,
    };

    private Span<double> Memory(Tensor tensor, long offset) => _arena.AsSpan((int)offset, (int)tensor.Shape.Elements);
}

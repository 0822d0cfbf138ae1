using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs.Memory;

/// <summary>
/// Walks through a program and asserts that each value has memory of its own for as long as something reads it: two overlap only where
/// an operation writes over an operand, in the same place, that it may overwrite and is the last to read.
/// </summary>
internal sealed class PlacementChecker
{
    private readonly MemoryPlan _plan;
    private readonly Dictionary<Operation, int> _order = [];
    private readonly Dictionary<Tensor, int> _lastUses = [];
    private readonly List<Tensor> _live = [];

    public PlacementChecker(ProgramGraph program, MemoryPlan plan)
    {
        _plan = plan;
        foreach (Operation operation in program.Operations)
        {
            int index = _order.Count;
            _order.Add(operation, index);
            foreach (Tensor tensor in operation.Inputs.OfType<Tensor>().Concat(operation.Outputs)) _lastUses[tensor] = index;
        }
    }

    public static void Check(ProgramGraph program, MemoryPlan plan)
    {
        var checker = new PlacementChecker(program, plan);
        foreach (Operation operation in program.Operations)
        {
            foreach (Tensor output in operation.Outputs) checker.Place(output);
            checker.Finish(operation);
        }
        Assert.Empty(checker._live);
    }

    /// <summary>A value is written: gives its offset, or null where it needs no memory.</summary>
    public long? Place(Tensor value)
    {
        if (value.Role != TensorRole.Activation) return null;
        if (_plan.OffsetOf(value) is not { } offset)
        {
            Assert.True(value is { IsOptional: true, IsUsed: false }, $"{value} has no memory.");
            return null;
        }
        Assert.Equal(0, offset % MemoryPlan.Alignment);
        Assert.InRange(offset, 0, _plan.Floats - value.Shape.Elements);
        foreach (Tensor other in _live.Where(other => Overlap(value, other))) AssertOverwritten(other, value);
        _live.Add(value);
        return offset;
    }

    /// <summary>Gives the values that nothing reads any more and whose memory holds nothing else.</summary>
    public IReadOnlyList<Tensor> Finish(Operation operation)
    {
        Tensor[] dead = [.. _live.Where(tensor => _lastUses[tensor] <= _order[operation])];
        _live.RemoveAll(dead.Contains);
        return [.. dead.Where(tensor => !_live.Exists(other => Overlap(tensor, other)))];
    }

    private void AssertOverwritten(Tensor operand, Tensor result)
    {
        Operation operation = result.Producer!;
        int[] slots = [.. Enumerable.Range(0, operation.Inputs.Length).Where(slot => operation.Inputs[slot] == operand)];
        bool isAllowed = slots.Length > 0
            && slots.All(operation.MayOverwrite)
            && operation.Outputs[0] == result
            && _lastUses[operand] == _order[operation]
            && _plan.OffsetOf(operand) == _plan.OffsetOf(result);
        Assert.True(isAllowed, $"{result} is written over {operand}.");
    }

    private bool Overlap(Tensor a, Tensor b)
    {
        long aStart = _plan.OffsetOf(a)!.Value, bStart = _plan.OffsetOf(b)!.Value;
        return aStart < bStart + b.Shape.Elements && bStart < aStart + a.Shape.Elements;
    }
}

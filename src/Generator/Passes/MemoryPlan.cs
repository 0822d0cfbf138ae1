using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>
/// Places a program's activations in one arena. A tensor holds its block from the operation that makes it to the last one that
/// reads it; an operation that may write over an operand which dies there takes its block. Blocks go to the smallest free
/// gap that fits (best fit), which suits the last-in, first-out lives of a backward pass.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>Floats in 64 bytes: every tensor begins on a cache line and a vector.</summary>
    public const int Alignment = 16;

    private readonly Dictionary<Tensor, Block> _blocks = [];
    private readonly FreeList _free = new();

    private MemoryPlan()
    {
    }

    /// <summary>The size of the arena.</summary>
    public long Floats => _free.End;

    public static MemoryPlan Of(ProgramGraph program)
    {
        var plan = new MemoryPlan();
        Operation[] operations = [.. program.Operations];
        Dictionary<Tensor, int> lastUses = LastUses(operations);
        for (int index = 0; index < operations.Length; index++) plan.Place(operations[index], index, lastUses);
        return plan;
    }

    /// <summary>Where a tensor begins, in floats; null where it has no memory because nothing reads it.</summary>
    public long? OffsetOf(Tensor activation) => _blocks.TryGetValue(activation, out Block? block) ? block.Offset : null;

    public static long Align(long floats) => (floats + Alignment - 1) / Alignment * Alignment;

    private static Dictionary<Tensor, int> LastUses(Operation[] operations)
    {
        var lastUses = new Dictionary<Tensor, int>();
        for (int index = 0; index < operations.Length; index++)
        {
            foreach (Tensor? input in operations[index].Inputs)
            {
                if (input?.Role == TensorRole.Activation) lastUses[input] = index;
            }
        }
        return lastUses;
    }

    private void Place(Operation operation, int index, Dictionary<Tensor, int> lastUses)
    {
        bool DiesHere(Tensor? tensor) => tensor is not null && _blocks.ContainsKey(tensor) && lastUses[tensor] == index;

        Tensor result = operation.Outputs[0];
        if (NeedsMemory(result))
        {
            for (int slot = 0; slot < operation.Inputs.Length; slot++)
            {
                Tensor? operand = operation.Inputs[slot];
                if (!operation.MayOverwrite(slot) || !DiesHere(operand) || operand!.Shape.Elements != result.Shape.Elements) continue;
                if (operation.Inputs.Count(x => x == operand) > 1) continue;
                _blocks[result] = _blocks[operand].Share();
                break;
            }
        }
        foreach (Tensor output in operation.Outputs)
        {
            if (NeedsMemory(output) && !_blocks.ContainsKey(output)) _blocks[output] = new Block(_free, Align(output.Shape.Elements));
        }
        foreach (Tensor? input in operation.Inputs.Distinct())
        {
            if (DiesHere(input)) _blocks[input!].Release();
        }
        foreach (Tensor output in operation.Outputs)
        {
            if (_blocks.TryGetValue(output, out Block? block) && !lastUses.ContainsKey(output)) block.Release();
        }
    }

    private static bool NeedsMemory(Tensor tensor) =>
        tensor.Role == TensorRole.Activation && !(tensor.IsOptional && !tensor.IsUsed);

    /// <summary>A place that one tensor after another may hold; it is free again when all have released it.</summary>
    private sealed class Block(FreeList list, long floats)
    {
        private int _holders = 1;

        public long Offset { get; } = list.Take(floats);

        public Block Share()
        {
            _holders++;
            return this;
        }

        public void Release()
        {
            if (--_holders == 0) list.Give(Offset, floats);
        }
    }

    /// <summary>Gaps of an arena that grows at its end, in order of offset, neighbours merged.</summary>
    private sealed class FreeList
    {
        private readonly List<(long Offset, long Floats)> _gaps = [];

        public long End { get; private set; }

        public long Take(long floats)
        {
            int best = -1;
            for (int i = 0; i < _gaps.Count; i++)
            {
                if (_gaps[i].Floats >= floats && (best < 0 || _gaps[i].Floats < _gaps[best].Floats)) best = i;
            }
            if (best >= 0)
            {
                (long offset, long size) = _gaps[best];
                if (size == floats) _gaps.RemoveAt(best);
                else _gaps[best] = (offset + floats, size - floats);
                return offset;
            }
            long start = End;
            if (_gaps.Count > 0 && _gaps[_gaps.Count - 1] is var last && last.Offset + last.Floats == End)
            {
                start = last.Offset;
                _gaps.RemoveAt(_gaps.Count - 1);
            }
            End = start + floats;
            return start;
        }

        public void Give(long offset, long floats)
        {
            int next = _gaps.FindIndex(gap => gap.Offset > offset);
            if (next < 0) next = _gaps.Count;
            if (next < _gaps.Count && _gaps[next].Offset == offset + floats)
            {
                floats += _gaps[next].Floats;
                _gaps.RemoveAt(next);
            }
            if (next > 0 && _gaps[next - 1].Offset + _gaps[next - 1].Floats == offset)
            {
                offset = _gaps[next - 1].Offset;
                floats += _gaps[next - 1].Floats;
                _gaps.RemoveAt(--next);
            }
            _gaps.Insert(next, (offset, floats));
        }
    }
}

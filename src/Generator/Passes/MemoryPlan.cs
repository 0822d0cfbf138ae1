using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>
/// Places the blocks of a program's activations (<see cref="Lifetimes"/>) in one arena. Each goes to the smallest free gap that fits (best fit), which suits
/// the last-in, first-out lives of a backward pass.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>Floats in 64 bytes: every tensor begins on a cache line and a vector.</summary>
    public const int Alignment = 16;

    private readonly Lifetimes _lifetimes;
    private readonly Dictionary<Lifetimes.Block, long> _offsets = [];
    private readonly FreeList _free = new();

    private MemoryPlan(Lifetimes lifetimes)
    {
        _lifetimes = lifetimes;
        ILookup<int, Lifetimes.Block> ending = lifetimes.Blocks.ToLookup(block => block.Last);
        int next = 0;
        for (int index = 0; index < lifetimes.Operations; index++)
        {
            for (; next < lifetimes.Blocks.Count && lifetimes.Blocks[next].First == index; next++)
                _offsets.Add(lifetimes.Blocks[next], _free.Take(lifetimes.Blocks[next].Floats));
            foreach (Lifetimes.Block block in ending[index]) _free.Give(_offsets[block], block.Floats);
        }
    }

    /// <summary>The size of the arena.</summary>
    public long Floats => _free.End;

    public static MemoryPlan Of(ProgramGraph program) => new(Lifetimes.Of(program));

    /// <summary>Where a tensor begins, in floats; null where it has no memory because nothing reads it.</summary>
    public long? OffsetOf(Tensor activation) => _lifetimes.Of(activation) is { } block ? _offsets[block] : null;

    public static long Align(long floats) => (floats + Alignment - 1) / Alignment * Alignment;

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

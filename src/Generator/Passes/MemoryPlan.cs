using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>Places the blocks of a program's activations (<see cref="Lifetimes"/>) in one arena.</summary>
internal sealed class MemoryPlan
{
    /// <summary>Floats in 64 bytes: every tensor begins on a cache line and a vector.</summary>
    public const int Alignment = 16;

    private readonly Lifetimes _lifetimes;
    private readonly IReadOnlyDictionary<Lifetimes.Block, long> _offsets;

    private MemoryPlan(Lifetimes lifetimes, IReadOnlyDictionary<Lifetimes.Block, long> offsets)
    {
        _lifetimes = lifetimes;
        _offsets = offsets;
        Floats = offsets.Select(place => place.Value + place.Key.Floats).DefaultIfEmpty(0).Max();
    }

    /// <summary>The size of the arena.</summary>
    public long Floats { get; }

    /// <summary>What of the arena some tensor lies in.</summary>
    public long UsedFloats
    {
        get
        {
            long used = 0, end = 0;
            foreach (KeyValuePair<Lifetimes.Block, long> place in _offsets.OrderBy(place => place.Value))
            {
                used += Math.Max(0, place.Value + place.Key.Floats - Math.Max(end, place.Value));
                end = Math.Max(end, place.Value + place.Key.Floats);
            }
            return used;
        }
    }

    /// <summary>Memory that holds nothing else.</summary>
    public static MemoryPlan Of(ProgramGraph program)
    {
        var lifetimes = Lifetimes.Of(program);
        return new MemoryPlan(lifetimes, BestFit(lifetimes));
    }

    /// <summary>Memory that begins with the gradients of the trained parameters (<see cref="GradientMemory"/>).</summary>
    public static MemoryPlan AmongGradients(ProgramGraph program, StoragePlan storage)
    {
        var lifetimes = Lifetimes.Of(program);
        return new MemoryPlan(lifetimes, GradientMemory.Of(program, storage).Place(lifetimes));
    }

    /// <summary>Where a tensor begins, in floats; null where it has no memory because nothing reads it.</summary>
    public long? OffsetOf(Tensor activation) => _lifetimes.Of(activation) is { } block ? _offsets[block] : null;

    public static long Align(long floats) => (floats + Alignment - 1) / Alignment * Alignment;

    /// <summary>Each block goes to the smallest free gap that fits, which suits the last-in, first-out lives of a backward pass.</summary>
    private static Dictionary<Lifetimes.Block, long> BestFit(Lifetimes lifetimes)
    {
        var offsets = new Dictionary<Lifetimes.Block, long>();
        var free = new FreeList();
        ILookup<int, Lifetimes.Block> beginning = lifetimes.Blocks.ToLookup(block => block.First), ending = lifetimes.Blocks.ToLookup(block => block.Last);
        for (int index = 0; index < lifetimes.Operations; index++)
        {
            foreach (Lifetimes.Block block in beginning[index]) offsets.Add(block, free.Take(block.Floats));
            foreach (Lifetimes.Block block in ending[index]) free.Give(offsets[block], block.Floats);
        }
        return offsets;
    }
}

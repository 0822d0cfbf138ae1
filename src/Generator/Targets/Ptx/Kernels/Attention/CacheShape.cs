using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// What kernels on a cache of keys and values are specialised by. On the device a layer's keys, or its values, lie row-major, [slot][key/value head][position]
/// [head dimension], slots a constant number of floats apart; they fit where the run-time's panels do.
/// </summary>
/// <param name="Shape">Heads; sequences are the cache's slots, queries the rows of a slot.</param>
/// <param name="Context">Positions that a slot has room for.</param>
/// <param name="SlotStride">Floats from one slot's cache to the next one's.</param>
/// <param name="Terms">Distances, scores [rows, heads, context], or the key mask [slots, context] in place of positions.</param>
/// <param name="Reach">T of the distances; 0 without.</param>
/// <param name="Bounds">Whether the control block says how many rows there are.</param>
internal sealed record CacheShape(AttentionShape Shape, int Context, long SlotStride, AttentionTermKinds Terms, int Reach, AttentionBounds Bounds)
{
    public AttentionSpec Spec => Shape.Spec;

    public int Slots => Shape.Sequences;

    public int Group => Spec.Heads / Spec.KeyValueHeads;

    /// <summary>Rows of a slot, at most.</summary>
    public int Rows => Shape.Queries;

    /// <summary>Whether rows see what the mask of their slot leaves, and have no positions: attention to a source.</summary>
    public bool IsSource => Terms.Has(AttentionTermKinds.KeyMask);

    public string Name => $"{Slots}x{Rows}x{Context}x{Spec.Heads}x{Spec.HeadDim}{(Spec.ValueHeadDim == Spec.HeadDim ? "" : $"x{Spec.ValueHeadDim}")}";

    public string Suffix => Spec.Suffix() + Terms.Suffix(Reach) + StrideSuffix;

    /// <summary>Slots apart, and bounded rows.</summary>
    public string StrideSuffix =>
        (Slots == 1 ? "" : $"_Slots{SlotStride.ToString(System.Globalization.CultureInfo.InvariantCulture)}") + (Bounds == AttentionBounds.None ? "" : "_Bounded");

    /// <summary>Rows of a slot in this run: all, or its share of those that the control block, the last parameter, says.</summary>
    public U32 RowsOfSlot(PtxBuilder k) => Bounds == AttentionBounds.None ? Rows : k.Divide(new ControlBlock(k).Word(ControlField.Rows), Slots);

    /// <summary>A head's vectors in a slot.</summary>
    public HeadRows Vectors(PtxBuilder k, GlobalAddress cache, U32 slot, U32 keyValueHead, int dimension, U32 count) =>
        new(k.Element(k.Skip(cache, slot, SlotStride), k.Multiply(keyValueHead, Context * dimension)), dimension, dimension, count);

    /// <exception cref="NoKernelException">Heads are wider than 256, slots do not begin at 16 bytes, or there are terms that attention to a cache has not got.</exception>
    public void Check()
    {
        Spec.Check();
        if (Slots > 1 && SlotStride % 4 != 0) throw new NoKernelException($"Slots are {SlotStride} floats apart, which is not a multiple of 4.");
        if (Terms.Has(AttentionTermKinds.Pairs | AttentionTermKinds.Factors) || (IsSource && Terms != AttentionTermKinds.KeyMask))
            throw new NoKernelException($"Attention to a cache has distances and scores, or a source's mask alone, not {Terms}.");
    }
}

using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>The rows of scores of a slot's rows: what they see by their positions, or all keys of a source.</summary>
internal sealed class CacheRows
{
    private readonly PtxBuilder _k;
    private readonly CacheShape _shape;
    private readonly GlobalAddress? _positions;
    private readonly U32 _slot;
    private readonly U32 _count;
    private readonly U32 _length;

    /// <param name="k">The kernel.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="positions">[slots · rows], or none for a source.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="count">Rows of a slot.</param>
    public CacheRows(PtxBuilder k, CacheShape shape, GlobalAddress? positions, U32 slot, U32 count)
    {
        _k = k;
        _shape = shape;
        _positions = positions;
        _slot = slot;
        _count = count;
        _length = positions is { } start && !shape.Spec.Causal ? Length(start) : shape.Context;
    }

    /// <summary>A head's row of scores; one past the last, or whose position is none of the cache's, sees nothing.</summary>
    public ScoreRow Row(U32 head, U32 index)
    {
        PtxBuilder k = _k;
        AttentionSpec spec = _shape.Spec;
        U32 row = k.MultiplyAdd(_slot, _count, index), scores = k.Multiply(k.MultiplyAdd(row, spec.Heads, head), _shape.Context);
        Predicate isThere = k.Less(index, _count);
        if (_positions is not { } start) return new ScoreRow(0, k.Select(isThere, (U32)_shape.Context, 0), row, 0, scores, 0, k.Multiply(_slot, _shape.Context));

        U32 position = k.LoadWordOr(k.Element(start, row), uint.MaxValue, isThere);
        U32 end = k.Select(k.Less(position, _shape.Context), VisibleKeys.End(k, spec, position, _length), 0), distances = 0;
        if (_shape.Terms.Has(AttentionTermKinds.Distances))
            distances = k.Subtract(k.MultiplyAdd(head, 2 * _shape.Reach - 1, _shape.Reach - 1), position);
        return new ScoreRow(VisibleKeys.First(k, spec, position), end, row, distances, scores, 0, 0);
    }

    /// <summary>How many positions the slot has: one more than that of its last row.</summary>
    private U32 Length(GlobalAddress positions)
    {
        U32 last = _k.LoadWord(_k.Element(positions, _k.Subtract(_k.Multiply(_k.Add(_slot, 1), _count), 1)));
        return _k.Select(_k.Less(last, _shape.Context), _k.Add(last, 1), 0);
    }
}

using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>The sequence that a block works on: its extents, its vectors, and its rows of scores.</summary>
internal sealed class SequencePlace
{
    private readonly PtxBuilder _k;
    private readonly SequenceAttention _attention;
    private readonly U32 _sequence;

    /// <summary>Declares the last parameters: the dropout's site and the control block, where there is need of them. Sequences are the grid's third extent.</summary>
    public SequencePlace(PtxBuilder k, SequenceAttention attention)
    {
        _k = k;
        _attention = attention;
        _sequence = k.BlockZ;
        (Queries, Keys) = (attention.Shape.Queries, attention.Shape.Keys);
        bool drops = attention.DropoutRate != 0;
        if (!drops && attention.Bounds == AttentionBounds.None) return;

        U32? site = drops ? k.WordParameter("site") : null;
        var control = new ControlBlock(k);
        if (drops && attention.Bounds != AttentionBounds.None)
            throw new NoKernelException("Attention drops probabilities in training only, where extents are known when the kernel is written.");
        if (site is { } name)
        {
            long rows = (long)attention.Shape.Sequences * Spec.Heads * attention.Shape.Queries;
            Dropout = new ProbabilityDropout(k, control, name, attention.DropoutRate, rows, attention.Shape.Keys);
            return;
        }

        Queries = k.Divide(control.Word(ControlField.Rows), attention.Shape.Sequences);
        if (attention.Bounds == AttentionBounds.Both) Keys = Queries;
    }

    /// <summary>Queries of the sequence.</summary>
    public U32 Queries { get; }

    /// <summary>Keys of the sequence.</summary>
    public U32 Keys { get; }

    /// <summary>Null where probabilities are not dropped.</summary>
    public ProbabilityDropout? Dropout { get; }

    private AttentionSpec Spec => _attention.Spec;

    /// <summary>The key/value head of a query head.</summary>
    public U32 KeyValueHead(U32 head) => _k.Divide(head, _attention.Group);

    /// <summary>A query head's vectors in a tensor [sequences · queries, heads · dimension].</summary>
    public HeadRows OfQueries(GlobalAddress tensor, U32 head, int dimension) => Of(tensor, head, Spec.Heads, dimension, Queries);

    /// <summary>A key/value head's vectors in a tensor [sequences · keys, key/value heads · dimension].</summary>
    public HeadRows OfKeys(GlobalAddress tensor, U32 head, int dimension) => Of(tensor, head, Spec.KeyValueHeads, dimension, Keys);

    /// <summary>A row of scores; one past the last sees nothing.</summary>
    public ScoreRow Row(U32 head, U32 query)
    {
        PtxBuilder k = _k;
        AttentionTermKinds terms = _attention.Terms;
        U32 end = k.Select(k.Less(query, Queries), VisibleKeys.End(k, Spec, query, Keys), 0);
        U32 row = k.MultiplyAdd(k.MultiplyAdd(_sequence, Spec.Heads, head), Queries, query);
        U32 distances = 0, pairs = 0, mask = 0;
        if (terms.Has(AttentionTermKinds.Distances))
            distances = k.Subtract(k.MultiplyAdd(head, 2 * _attention.Reach - 1, _attention.Reach - 1), query);
        if (terms.Has(AttentionTermKinds.Pairs | AttentionTermKinds.Factors)) pairs = k.Multiply(k.MultiplyAdd(_sequence, Queries, query), Keys);
        if (terms.Has(AttentionTermKinds.KeyMask)) mask = k.Multiply(_sequence, Keys);
        return new ScoreRow(VisibleKeys.First(k, Spec, query), end, row, distances, k.Multiply(row, Keys), pairs, mask);
    }

    private HeadRows Of(GlobalAddress tensor, U32 head, int heads, int dimension, U32 count)
    {
        U32 first = _k.Multiply(_k.MultiplyAdd(_k.Multiply(_sequence, count), heads, head), dimension);
        return new HeadRows(_k.Element(tensor, first), heads * dimension, dimension, count);
    }
}

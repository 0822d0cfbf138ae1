using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>The sizes of a layer's cache. The run-time's kernels decide the layout within it.</summary>
internal static class KeyValueCache
{
    private const int PositionPanel = 16;

    /// <summary>Floats of one layer's keys, or of its values, for one row; equals the run-time's <c>KeyValueCache.Floats</c>.</summary>
    public static long Floats(AttentionSpec attention, int contextLength, CachePart part) =>
        (long)attention.KeyValueHeads * RoundUp(contextLength) * RoundUp(HeadDim(attention, part));

    /// <summary>The dimension of a head's keys or values.</summary>
    public static int HeadDim(AttentionSpec attention, CachePart part) => part == CachePart.Keys ? attention.HeadDim : attention.ValueHeadDim;

    private static int RoundUp(int count) => (count + PositionPanel - 1) / PositionPanel * PositionPanel;
}

/// <summary>A cache with the rows of a pass put at their positions.</summary>
internal sealed partial class AppendToCache(Tensor rows, Tensor positions, Tensor cache, CachePart part, AttentionShape shape, int contextLength)
    : Operation(rows, positions, cache)
{
    public CachePart Part { get; } = part;

    public AttentionShape Shape { get; } = shape;

    public override IReadOnlyList<Tensor> Outputs { get; } = [StateSlot.Next(cache)];

    public override long FloatingPointOperations => 0;
}

/// <summary>Attention of new rows to everything in the cache up to their own positions.</summary>
internal sealed partial class CachedAttention : Operation
{
    /// <param name="q">[rows, heads · head dimension].</param>
    /// <param name="keys">The cache's keys with those of the rows.</param>
    /// <param name="values">The cache's values with those of the rows.</param>
    /// <param name="positions">Of the rows.</param>
    /// <param name="shape">Heads; sequences are the cache's slots.</param>
    /// <param name="contextLength">Positions that the cache has room for.</param>
    /// <param name="terms">Distances, or scores [rows, heads, context].</param>
    /// <param name="name">Of the result.</param>
    public CachedAttention(
        Tensor q, Tensor keys, Tensor values, Tensor positions, AttentionShape shape, int contextLength, AttentionTerms terms, string name)
        : base(q, keys, values, positions, terms.Distances, terms.Scores)
    {
        terms.CheckCached(q, shape, contextLength);
        Shape = shape;
        ContextLength = contextLength;
        Terms = terms;
        Outputs = [new Tensor(name, q.Shape.WithColumns(shape.Spec.Heads * shape.Spec.ValueHeadDim), TensorRole.Activation)];
    }

    public AttentionShape Shape { get; }

    public int ContextLength { get; }

    public AttentionTerms Terms { get; }

    public override IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>At half the context, the mean over a full run.</summary>
    public override long FloatingPointOperations => (Inputs[0]!.Shape.Elements + Outputs[0].Shape.Elements) * ContextLength;
}

/// <summary>Attention of a decoder's rows to the source of their slot, whose keys and values lie in a cache of their own.</summary>
internal sealed partial class CrossAttention : Operation
{
    /// <param name="q">[rows, heads · head dimension].</param>
    /// <param name="keys">The cache of the source's keys.</param>
    /// <param name="values">The cache of its values.</param>
    /// <param name="sourceMask">[slots, keys] of integers: a row sees the keys of its slot where it is not 0.</param>
    /// <param name="shape">Heads; sequences are the cache's slots, keys its room.</param>
    /// <param name="name">Of the result.</param>
    public CrossAttention(Tensor q, Tensor keys, Tensor values, Tensor sourceMask, AttentionShape shape, string name)
        : base(q, keys, values, sourceMask)
    {
        AttentionTerms.Check(sourceMask, nameof(sourceMask), (long)shape.Sequences * shape.Keys);
        Shape = shape;
        Outputs = [new Tensor(name, q.Shape.WithColumns(shape.Spec.Heads * shape.Spec.ValueHeadDim), TensorRole.Activation)];
    }

    public AttentionShape Shape { get; }

    public override IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>With a source as long as there is room for.</summary>
    public override long FloatingPointOperations => (Inputs[0]!.Shape.Elements + Outputs[0].Shape.Elements) * 2 * Shape.Keys;
}

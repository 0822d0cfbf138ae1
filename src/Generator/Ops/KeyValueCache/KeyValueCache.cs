using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>The sizes of a layer's cache. The run-time's kernels decide the layout within it.</summary>
internal static class KeyValueCache
{
    private const int PositionPanel = 16;

    /// <summary>Floats of one layer's keys, or of its values, for one row; equals the run-time's <c>KeyValueCache.Floats</c>.</summary>
    public static long Floats(AttentionSpec attention, int contextLength) =>
        (long)attention.KeyValueHeads * ((contextLength + PositionPanel - 1) / PositionPanel * PositionPanel)
        * ((attention.HeadDim + PositionPanel - 1) / PositionPanel * PositionPanel);
}

internal enum CachePart { Keys, Values }

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
internal sealed partial class CachedAttention(Tensor q, Tensor keys, Tensor values, Tensor positions, AttentionShape shape, int contextLength, string name)
    : Operation(q, keys, values, positions)
{
    public AttentionShape Shape { get; } = shape;

    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(name, q.Shape, TensorRole.Activation)];

    /// <summary>At half the context, the mean over a full run.</summary>
    public override long FloatingPointOperations => 2L * q.Shape.Elements * contextLength;
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>The probabilities of an <see cref="Attention"/>, multiplied with its factors but not dropped, for those who want to see them.</summary>
internal sealed partial class AttentionWeights : Operation
{
    /// <param name="q">As in the attention.</param>
    /// <param name="k">As in the attention.</param>
    /// <param name="shape">As in the attention.</param>
    /// <param name="terms">As in the attention.</param>
    /// <param name="weights">The result, [sequences, heads, queries, keys]; where rows are bounded, as many queries and keys as a run has.</param>
    public AttentionWeights(Tensor q, Tensor k, AttentionShape shape, AttentionTerms terms, Tensor weights)
        : base([q, k, .. terms.Inputs])
    {
        terms.Check(shape);
        AttentionTerms.Check(weights, nameof(weights), (long)shape.Sequences * shape.Spec.Heads * shape.Queries * shape.Keys);
        Shape = shape;
        Terms = terms;
        Outputs = [weights];
    }

    public AttentionShape Shape { get; }

    public AttentionTerms Terms { get; }

    public override IReadOnlyList<Tensor> Outputs { get; }

    public override long FloatingPointOperations => 2L * Shape.Sequences * Shape.Spec.Heads * Shape.Spec.HeadDim * Shape.VisiblePairs;

    /// <summary>Nothing: what gathers with the weights makes the gradients of the attention that has them (<see cref="RelativeValues"/>).</summary>
    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Outputs[0]) is not null) base.Differentiate(gradients);
    }
}

/// <summary>The probabilities of a <see cref="CachedAttention"/>.</summary>
internal sealed partial class CachedAttentionWeights : Operation
{
    /// <param name="q">As in the attention.</param>
    /// <param name="keys">As in the attention.</param>
    /// <param name="positions">As in the attention.</param>
    /// <param name="shape">As in the attention.</param>
    /// <param name="contextLength">As in the attention.</param>
    /// <param name="terms">As in the attention.</param>
    /// <param name="weights">The result, [rows, heads, context]; zeros for what a row does not see.</param>
    public CachedAttentionWeights(Tensor q, Tensor keys, Tensor positions, AttentionShape shape, int contextLength, AttentionTerms terms, Tensor weights)
        : base(q, keys, positions, terms.Distances, terms.Scores)
    {
        terms.CheckCached(q, shape, contextLength);
        AttentionTerms.Check(weights, nameof(weights), (long)q.Shape.Rows * shape.Spec.Heads * contextLength);
        Shape = shape;
        ContextLength = contextLength;
        Terms = terms;
        Outputs = [weights];
    }

    public AttentionShape Shape { get; }

    public int ContextLength { get; }

    public AttentionTerms Terms { get; }

    public override IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>At half the context, the mean over a full run.</summary>
    public override long FloatingPointOperations => Inputs[0]!.Shape.Elements * ContextLength;
}

/// <summary>The probabilities of a <see cref="CrossAttention"/>.</summary>
internal sealed partial class CrossAttentionWeights : Operation
{
    /// <param name="q">As in the attention.</param>
    /// <param name="keys">As in the attention.</param>
    /// <param name="sourceMask">As in the attention.</param>
    /// <param name="shape">As in the attention.</param>
    /// <param name="weights">The result, [rows, heads, keys]; zeros for hidden keys.</param>
    public CrossAttentionWeights(Tensor q, Tensor keys, Tensor sourceMask, AttentionShape shape, Tensor weights)
        : base(q, keys, sourceMask)
    {
        AttentionTerms.Check(sourceMask, nameof(sourceMask), (long)shape.Sequences * shape.Keys);
        AttentionTerms.Check(weights, nameof(weights), (long)q.Shape.Rows * shape.Spec.Heads * shape.Keys);
        Shape = shape;
        Outputs = [weights];
    }

    public AttentionShape Shape { get; }

    public override IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>With a source as long as there is room for.</summary>
    public override long FloatingPointOperations => Inputs[0]!.Shape.Elements * 2 * Shape.Keys;
}

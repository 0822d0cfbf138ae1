using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y[i,h] = o[i,h] + Σ_j weights[s,h,i,j] · table[M − 1 + (i − j)], distances clipped to ±(M − 1), from an attention's result o, its weights after
/// dropout and the parameter table[2M − 1, value head dimension] (Shaw et al., 2018, equation 3). With bounded rows queries and keys are the
/// run-time rows / sequences, in the weights too.
/// </summary>
/// <remarks>
/// As y is all that the weights give, its gradient rule is that of the attention too, which computes the weights again and needs to know only what
/// the table adds to their gradients: dy[i,h]·table[M − 1 + (i − j)].
/// </remarks>
internal sealed partial class RelativeValues : Operation
{
    private const int Weights = 0, Table = 1, Context = 2;

    public RelativeValues(Tensor weights, Tensor table, Attention attention, string name)
        : base(weights, table, attention.O)
    {
        Attention = attention;
        Y = new Tensor(name, attention.O.Shape, TensorRole.Activation);
        RelativeSizes.Check(Y, Shape.Sequences * Shape.Queries, Shape.Spec.Heads, table, Shape);
        AttentionTerms.Check(weights, nameof(weights), (long)Shape.Sequences * Shape.Spec.Heads * Shape.Queries * Shape.Keys);
    }

    /// <summary>Whose weights and result they are.</summary>
    public Attention Attention { get; }

    /// <summary>With heads as wide as the values.</summary>
    public AttentionShape Shape => Attention.Shape.OfValues;

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override int AddendSlot => Context;

    public override long FloatingPointOperations => RelativeSizes.Operations(Shape);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dY) return;
        Tensor weights = Inputs[Weights]!, table = Inputs[Table]!;
        if (gradients.Needs(table)) gradients.Program.Add(new RelativeTableGradient(weights, dY, Shape, RelativeSide.Queries, gradients.Contribute(table)));
        if (!gradients.Needs(Attention.O)) return;
        Tensor weightGradient = gradients.Program.Add(new RelativeScores(dY, table, Shape, weights.Name + ".gradient"));
        Attention.Contribute(gradients, dY, Y, weightGradient);
    }
}

/// <summary>
/// y[r,h] = o[r,h] + Σ_c weights[r,h,c] · table[M − 1 + (position of r − c)] over the positions c of a cache up to the last that a row of the run has
/// reached, clipped as in <see cref="RelativeValues"/>, from a cached attention's result o[rows, heads · value head dimension].
/// </summary>
internal sealed partial class CachedRelativeValues : Operation
{
    private const int Weights = 0, Table = 1, Positions = 2, Context = 3;

    public CachedRelativeValues(Tensor weights, Tensor table, Tensor positions, Tensor o, AttentionShape shape, string name)
        : base(weights, table, positions, o)
    {
        Shape = shape.OfValues;
        RelativeSizes.Check(o, o.Shape.Rows, Shape.Spec.Heads, table, Shape);
        AttentionTerms.Check(weights, nameof(weights), (long)o.Shape.Rows * Shape.Spec.Heads * ContextLength);
        Y = new Tensor(name, o.Shape, TensorRole.Activation);
    }

    /// <summary>With heads as wide as the values.</summary>
    public AttentionShape Shape { get; }

    public int ContextLength => Inputs[Weights]!.Shape[2];

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override int AddendSlot => Context;

    /// <summary>At half the context, the mean over a full run.</summary>
    public override long FloatingPointOperations => (long)Y.Shape.Elements * ContextLength;
}

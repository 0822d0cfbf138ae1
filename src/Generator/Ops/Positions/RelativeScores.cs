using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// scores[s,h,i,j] = scale · q[i,h]·table[M − 1 + (i − j)], distances clipped to ±(M − 1), from q[sequences · queries, heads · headDim] and the
/// parameter table[2M − 1, headDim] (Shaw et al., 2018; "relative_key" of Hugging Face's BERT). With bounded rows queries and keys are
/// the run-time rows / sequences, in the scores too.
/// </summary>
internal sealed partial class RelativeScores : Operation
{
    private const int Q = 0, Table = 1;

    public RelativeScores(Tensor q, Tensor table, AttentionShape shape, string name)
        : base(q, table)
    {
        RelativeSizes.Check(q, shape.Sequences * shape.Queries, shape.Spec.Heads, table, shape);
        Shape = shape;
        Scores = new Tensor(name, new Shape(shape.Sequences, shape.Spec.Heads, shape.Queries, shape.Keys), TensorRole.Activation);
    }

    public AttentionShape Shape { get; }

    public Tensor Scores { get; }

    public override IReadOnlyList<Tensor> Outputs => [Scores];

    public override long FloatingPointOperations => RelativeSizes.Operations(Shape);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Scores) is not { } dScores) return;
        Tensor q = Inputs[Q]!, table = Inputs[Table]!;
        if (gradients.Needs(table)) gradients.Program.Add(new RelativeTableGradient(dScores, q, Shape, RelativeSide.Queries, gradients.Contribute(table)));
        if (gradients.Needs(q)) gradients.Program.Add(new RelativeInputGradient(dScores, table, Shape, RelativeSide.Queries, gradients.Contribute(q)));
    }
}

/// <summary>
/// y[s,h,i,j] = scale · k[j,h]·table[M − 1 + (i − j)] + scores[s,h,i,j] with the keys of <see cref="RelativeScores"/>, whose result the scores
/// (null for none) are ("relative_key_query" of Hugging Face's BERT; Huang et al., 2020, method 4). Heads share keys where there are fewer.
/// </summary>
internal sealed partial class RelativeKeyScores : Operation
{
    private const int K = 0, Table = 1, ScoresOperand = 2;

    public RelativeKeyScores(Tensor k, Tensor table, Tensor? scores, AttentionShape shape, string name)
        : base(k, table, scores)
    {
        RelativeSizes.Check(k, shape.Sequences * shape.Keys, shape.Spec.KeyValueHeads, table, shape);
        Shape = shape;
        Y = new Tensor(name, new Shape(shape.Sequences, shape.Spec.Heads, shape.Queries, shape.Keys), TensorRole.Activation);
        if (scores is not null && !scores.Shape.Equals(Y.Shape)) throw new ArgumentException($"{scores} is not of the shape of {Y}.");
    }

    public AttentionShape Shape { get; }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override int AddendSlot => ScoresOperand;

    public override long FloatingPointOperations => RelativeSizes.Operations(Shape);

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dY) return;
        if (Addend is { } scores) gradients.Pass(scores, dY);
        Tensor k = Inputs[K]!, table = Inputs[Table]!;
        if (gradients.Needs(table)) gradients.Program.Add(new RelativeTableGradient(dY, k, Shape, RelativeSide.Keys, gradients.Contribute(table)));
        if (gradients.Needs(k)) gradients.Program.Add(new RelativeInputGradient(dY, table, Shape, RelativeSide.Keys, gradients.Contribute(k)));
    }
}

/// <summary>
/// scores[r,h,c] = scale · q[r,h]·table[M − 1 + (position of r − c)] for the positions c of a cache, clipped as in <see cref="RelativeScores"/>; zero
/// for positions that no row of the run has reached.
/// </summary>
internal sealed partial class CachedRelativeScores : Operation
{
    private const int Q = 0, Table = 1, Positions = 2;

    public CachedRelativeScores(Tensor q, Tensor table, Tensor positions, AttentionShape shape, int contextLength, string name)
        : base(q, table, positions)
    {
        RelativeSizes.Check(q, q.Shape.Rows, shape.Spec.Heads, table, shape);
        Shape = shape;
        Scores = new Tensor(name, CacheShape(q.Shape, shape.Spec.Heads, contextLength), TensorRole.Activation);
    }

    public AttentionShape Shape { get; }

    public int ContextLength => Scores.Shape[2];

    public Tensor Scores { get; }

    public override IReadOnlyList<Tensor> Outputs => [Scores];

    /// <summary>At half the context, the mean over a full run.</summary>
    public override long FloatingPointOperations => (long)Inputs[Q]!.Shape.Elements * ContextLength;

    /// <summary>[rows, heads, context], bounded where the rows are.</summary>
    public static Shape CacheShape(Shape rows, int heads, int contextLength) =>
        rows.IsBounded ? Graph.Shape.Bounded(rows.Rows, heads, contextLength) : new Shape(rows.Rows, heads, contextLength);
}

/// <summary>Whose vectors meet the table of distances.</summary>
internal enum RelativeSide { Queries, Keys }

/// <summary>dx = scale · Σ of dScores · table over what each vector was scored with + addend.</summary>
internal sealed partial class RelativeInputGradient(
    Tensor dScores, Tensor table, AttentionShape shape, RelativeSide side, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dScores, table, contribution.Addend)
{
    public AttentionShape Shape { get; } = shape;

    public RelativeSide Side { get; } = side;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 2;

    public override long FloatingPointOperations => RelativeSizes.Operations(Shape);
}

/// <summary>dTable[t] = scale · Σ of dScores · x over the pairs whose distance has row t + addend.</summary>
internal sealed partial class RelativeTableGradient(
    Tensor dScores, Tensor x, AttentionShape shape, RelativeSide side, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dScores, x, contribution.Addend)
{
    public AttentionShape Shape { get; } = shape;

    public RelativeSide Side { get; } = side;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 2;

    public override long FloatingPointOperations => RelativeSizes.Operations(Shape);
}

internal static class RelativeSizes
{
    /// <summary>One product for each pair, whether visible or not.</summary>
    public static long Operations(AttentionShape shape) => 2L * shape.Sequences * shape.Spec.Heads * shape.Spec.HeadDim * shape.Queries * shape.Keys;

    public static void Check(Tensor x, int rows, int heads, Tensor table, AttentionShape shape)
    {
        if (x.Shape.Rows != rows || x.Shape.Columns != heads * shape.Spec.HeadDim)
            throw new ArgumentException($"{x} is not [{rows},{heads * shape.Spec.HeadDim}]: rows of {heads} heads of {shape.Spec.HeadDim}.");
        if (table.Shape.Columns != shape.Spec.HeadDim || table.Shape.Rows % 2 == 0)
            throw new ArgumentException($"{table} is not [2·M − 1,{shape.Spec.HeadDim}]: a vector for each distance up to M − 1 in both directions.");
        if (x.Shape.IsBounded && shape.Queries != shape.Keys) throw new ArgumentException($"Bounded rows {x} are as many queries as keys, not {shape.Queries} and {shape.Keys}.");
    }
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>Which distances have buckets of their own.</summary>
internal enum BucketDirection
{
    /// <summary>Half the buckets are for keys before the query and for the query itself, half for keys after it (encoders).</summary>
    Bidirectional,

    /// <summary>Keys after the query share the bucket of distance 0 (decoders, which do not see them).</summary>
    Causal,
}

/// <summary>
/// distances[heads, 2T − 1] from table[buckets, heads], a parameter: element T − 1 + (key − query) is the table's row for the bucket of that
/// distance. Half the buckets (of a direction) are for one distance each, the rest grow with its logarithm up to
/// <see cref="MaxDistance"/>, beyond which all distances share the last (Raffel et al., 2020; Hugging Face's
/// <c>_relative_position_bucket</c>).
/// </summary>
internal sealed partial class RelativeBias : Operation
{
    public RelativeBias(Tensor table, BucketDirection direction, int maxDistance, int length, string name)
        : base(table)
    {
        int buckets = table.Shape.Rows, exact = (direction == BucketDirection.Bidirectional ? buckets / 2 : buckets) / 2;
        if (exact < 1 || maxDistance <= exact)
            throw new ArgumentException($"{buckets} buckets {direction} need a maximal distance above {exact}, which is at least 1, not {maxDistance}.");
        Direction = direction;
        MaxDistance = maxDistance;
        Length = length;
        Distances = new Tensor(name, new Shape(table.Shape.Columns, 2 * length - 1), TensorRole.Activation);
    }

    public BucketDirection Direction { get; }

    /// <summary>The distance from which on all share one bucket.</summary>
    public int MaxDistance { get; }

    /// <summary>T: the greatest length of queries and keys.</summary>
    public int Length { get; }

    public Tensor Distances { get; }

    public override IReadOnlyList<Tensor> Outputs => [Distances];

    public override long FloatingPointOperations => 0;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Distances) is { } dDistances && gradients.Needs(Inputs[0]))
            gradients.Program.Add(new RelativeBiasGradient(dDistances, this, gradients.Contribute(Inputs[0]!)));
    }
}

/// <summary>dTable[bucket, head] = Σ of dDistances[head] over the bucket's distances + addend.</summary>
internal sealed partial class RelativeBiasGradient(Tensor dDistances, RelativeBias forward, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dDistances, contribution.Addend)
{
    /// <summary>The operation that this is the gradient of.</summary>
    public RelativeBias Forward { get; } = forward;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 1;

    public override long FloatingPointOperations => Inputs[0]!.Shape.Elements;
}

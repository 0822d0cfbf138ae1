using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// o = softmax(scale · q · kᵀ + terms, masked) · v for each head, over whole sequences (Vaswani et al., 2017, section 3.2); rows'
/// log-normalizers are kept instead of the weights (Dao et al., 2022). A query that sees no key gives zeros.
/// </summary>
internal sealed partial class Attention : Operation
{
    private const int Q = 0, K = 1, V = 2;

    /// <param name="q">[sequences · queries, heads · head dimension]; bounded rows are as many queries in each sequence.</param>
    /// <param name="k">[sequences · keys, key/value heads · head dimension].</param>
    /// <param name="v">[sequences · keys, key/value heads · value head dimension].</param>
    /// <param name="shape">Heads and extents.</param>
    /// <param name="terms">What is added to scores or multiplied with probabilities.</param>
    /// <param name="dropout">The rate at which probabilities become zero in training.</param>
    /// <param name="name">Of the result.</param>
    public Attention(Tensor q, Tensor k, Tensor v, AttentionShape shape, AttentionTerms terms, float dropout, string name)
        : base([q, k, v, .. terms.Inputs])
    {
        terms.Check(shape);
        Shape = shape;
        Terms = terms;
        Dropout = dropout;
        O = new Tensor(name, q.Shape.WithColumns(shape.Spec.Heads * shape.Spec.ValueHeadDim), TensorRole.Activation);
        var rows = new Shape(shape.Sequences, shape.Spec.Heads, shape.Queries);
        LogNormalizers = new Tensor(name + ".log_normalizers", rows, TensorRole.Activation) { IsOptional = true };
    }

    public AttentionShape Shape { get; }

    public AttentionTerms Terms { get; }

    public float Dropout { get; }

    public Tensor O { get; }

    public Tensor LogNormalizers { get; }

    public override IReadOnlyList<Tensor> Outputs => [O, LogNormalizers];

    public override long FloatingPointOperations => Shape.FloatingPointOperations;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(O) is { } dO) Contribute(gradients, dO, O, weightGradient: null);
    }

    /// <summary>Contributes to the gradients of the operands.</summary>
    /// <param name="gradients">Where they go.</param>
    /// <param name="dO">The gradient of <paramref name="o"/>.</param>
    /// <param name="o">All that the weights give: the result, or the result and what else is gathered with them.</param>
    /// <param name="weightGradient">What that else adds to the gradients of the weights, [sequences, heads, queries, keys]; null for none.</param>
    public void Contribute(GradientBuilder gradients, Tensor dO, Tensor o, Tensor? weightGradient)
    {
        bool needsScores = gradients.Needs(Terms.Scores) || gradients.Needs(Terms.Distances);
        var gradient = new AttentionGradient(dO, this, needsScores, o, weightGradient);
        gradients.Program.Add(gradient);
        gradients.Pass(Inputs[Q]!, gradient.Outputs[0]);
        gradients.Pass(Inputs[K]!, gradient.Outputs[1]);
        gradients.Pass(Inputs[V]!, gradient.Outputs[2]);
        if (gradient.ScoreGradient is not { } dScores) return;
        if (Terms.Scores is { } scores) gradients.Pass(scores, dScores);
        if (gradients.Needs(Terms.Distances))
            gradients.Program.Add(new DistancesGradient(dScores, Shape, gradients.Contribute(Terms.Distances!)));
    }
}

/// <summary>dq, dk and dv, with the weights computed again block by block; and where something needs it, that of what was added to scores.</summary>
internal sealed partial class AttentionGradient : Operation
{
    /// <param name="dO">The gradient of <paramref name="o"/>.</param>
    /// <param name="forward">The operation that this is the gradient of.</param>
    /// <param name="needsScores">Whether something needs the gradient of the scores.</param>
    /// <param name="o">All that the weights give.</param>
    /// <param name="weightGradient">Added to the gradients of the weights; null for nothing.</param>
    public AttentionGradient(Tensor dO, Attention forward, bool needsScores, Tensor o, Tensor? weightGradient)
        : base([dO, forward.Inputs[0], forward.Inputs[1], forward.Inputs[2], o, forward.LogNormalizers, .. forward.Terms.Inputs, weightGradient])
    {
        if (weightGradient is not null && !forward.Terms.Any) throw new ArgumentException($"{weightGradient} needs attention that has terms.");
        Forward = forward;
        AttentionShape shape = forward.Shape;
        if (needsScores)
        {
            ScoreGradient = new Tensor(
                forward.O.Name + ".scores.gradient", forward.Terms.Scores?.Shape ?? new Shape(shape.Sequences, shape.Spec.Heads, shape.Queries, shape.Keys),
                TensorRole.Activation);
        }
        IEnumerable<Tensor> gradients = forward.Inputs.Take(3).Select(x => new Tensor(x!.Name + ".gradient", x.Shape, TensorRole.Activation));
        Outputs = [.. gradients, .. ScoreGradient is null ? [] : (Tensor[])[ScoreGradient]];
    }

    /// <summary>The operation that this is the gradient of.</summary>
    public Attention Forward { get; }

    /// <summary>[sequences, heads, queries, keys], of what else is gathered with the weights.</summary>
    public Tensor? WeightGradient => Inputs[Inputs.Length - 1];

    /// <summary>[sequences, heads, queries, keys].</summary>
    public Tensor? ScoreGradient { get; }

    public override IReadOnlyList<Tensor> Outputs { get; }

    public override long FloatingPointOperations => Forward.FloatingPointOperations / 2 * 5;
}

/// <summary>The gradient of distances: that of the scores, summed over sequences and diagonals.</summary>
internal sealed partial class DistancesGradient(Tensor dScores, AttentionShape shape, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dScores, contribution.Addend)
{
    public AttentionShape Shape { get; } = shape;

    public override int AddendSlot => 1;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override long FloatingPointOperations => Inputs[0]!.Shape.Elements;
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// o = softmax(scale · q · kᵀ, masked) · v for each head, over whole sequences (Vaswani et al., 2017, section 3.2); rows'
/// log-normalizers are kept instead of the weights (Dao et al., 2022).
/// </summary>
internal sealed partial class Attention : Operation
{
    private const int Q = 0, K = 1, V = 2;

    public Attention(Tensor q, Tensor k, Tensor v, AttentionShape shape, float dropout, string name)
        : base(q, k, v)
    {
        Shape = shape;
        Dropout = dropout;
        O = new Tensor(name, q.Shape, TensorRole.Activation);
        LogNormalizers = new Tensor(
            name + ".log_normalizers", new Shape(shape.Sequences, shape.Spec.Heads, shape.Sequence), TensorRole.Activation);
    }

    public AttentionShape Shape { get; }

    public float Dropout { get; }

    public Tensor O { get; }

    public Tensor LogNormalizers { get; }

    public override IReadOnlyList<Tensor> Outputs => [O, LogNormalizers];

    public override long FloatingPointOperations => Shape.FloatingPointOperations;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(O) is not { } dO) return;
        var gradient = new AttentionGradient(dO, this);
        gradients.Program.Add(gradient);
        gradients.Pass(Inputs[Q]!, gradient.Outputs[0]);
        gradients.Pass(Inputs[K]!, gradient.Outputs[1]);
        gradients.Pass(Inputs[V]!, gradient.Outputs[2]);
    }
}

/// <summary>dq, dk and dv, with the weights computed again block by block.</summary>
internal sealed partial class AttentionGradient(Tensor dO, Attention forward)
    : Operation(dO, forward.Inputs[0], forward.Inputs[1], forward.Inputs[2], forward.O, forward.LogNormalizers)
{
    /// <summary>The operation that this is the gradient of.</summary>
    public Attention Forward { get; } = forward;

    public override IReadOnlyList<Tensor> Outputs { get; } =
        [.. forward.Inputs.Select(x => new Tensor(x!.Name + ".gradient", x.Shape, TensorRole.Activation))];

    public override long FloatingPointOperations => Forward.FloatingPointOperations / 2 * 5;
}

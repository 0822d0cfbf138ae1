using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y[B,D] = the first, the mean or, column by column, the largest of the rows of each of B sequences x[B·n,D]. Rows with 0 in the mask
/// [B,n] (null for none) are left out; a sequence without any other row gives zeros. With bounded rows n is the run-time rows / B.
/// </summary>
internal sealed partial class Pool : Operation
{
    private const int X = 0, Mask = 1;

    public Pool(Tensor x, Tensor? mask, PoolingKind kind, int sequences, string name)
        : this(x, mask, kind, sequences, new Tensor(name, new Shape(sequences, x.Shape.Columns), TensorRole.Activation))
    {
    }

    /// <summary>Into a tensor that the caller made.</summary>
    public Pool(Tensor x, Tensor? mask, PoolingKind kind, int sequences, Tensor y)
        : base(x, mask)
    {
        if (kind == PoolingKind.None) throw new ArgumentException("Pooling needs a kind: First, Mean or Max.");
        if (x.Shape.Rows % sequences != 0) throw new ArgumentException($"The rows of {x} are not {sequences} sequences of one length.");
        if (mask is not null && mask.Shape.Elements != x.Shape.Rows) throw new ArgumentException($"{mask} does not have one element for each row of {x}.");
        Kind = kind;
        Sequences = sequences;
        Y = y;
    }

    public PoolingKind Kind { get; }

    public int Sequences { get; }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => Kind == PoolingKind.First ? 0 : Inputs[X]!.Shape.Elements;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy || !gradients.Needs(Inputs[X])) return;
        gradients.Pass(Inputs[X]!, gradients.Program.Add(new PoolGradient(dy, this)));
    }
}

/// <summary>
/// dx[B·n,D]: dy at the first visible row, dy / count at each visible row, or dy at the first row that has the largest value; zero
/// elsewhere.
/// </summary>
internal sealed partial class PoolGradient(Tensor dy, Pool forward)
    : Operation(dy, forward.Inputs[1], forward.Kind == PoolingKind.Max ? forward.Inputs[0] : null, forward.Kind == PoolingKind.Max ? forward.Y : null)
{
    public PoolingKind Kind { get; } = forward.Kind;

    public int Sequences { get; } = forward.Sequences;

    public override IReadOnlyList<Tensor> Outputs { get; } =
        [new Tensor(forward.Inputs[0]!.Name + ".gradient", forward.Inputs[0]!.Shape, TensorRole.Activation)];
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y[B·P, C·p·p] from pixels[B,C,H,W]: square patches of p pixels that do not overlap, row by row, P = ⌊H/p⌋ · ⌊W/p⌋; the elements of a patch
/// are in the order c, y, x of a convolution's weight [D,C,p,p]. Pixels are an input: they have no gradient. (Dosovitskiy et al., 2021)
/// </summary>
internal sealed partial class Patches : Operation
{
    public Patches(Tensor pixels, int patchSize, string name)
        : base(pixels)
    {
        Shape shape = pixels.Shape;
        if (shape.Rank != 4) throw new ArgumentException($"{pixels} is not [batch, channels, height, width].");
        int down = shape[2] / patchSize, across = shape[3] / patchSize;
        if (down < 1 || across < 1) throw new ArgumentException($"{pixels} has no patch of {patchSize} by {patchSize} pixels.");
        PatchSize = patchSize;
        Y = new Tensor(name, new Shape(shape[0] * down * across, shape[1] * patchSize * patchSize), TensorRole.Activation);
    }

    public int PatchSize { get; }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 0;
}

/// <summary>y[B·(P+1), D]: the token [D] or [1,D], a parameter, before the P rows of each of B sequences x[B·P, D].</summary>
internal sealed partial class PrependToken : Operation
{
    private const int X = 0, Token = 1;

    public PrependToken(Tensor x, Tensor token, int sequences, string name)
        : base(x, token)
    {
        if (x.Shape.IsBounded || x.Shape.Rows % sequences != 0)
            throw new ArgumentException($"The rows of {x} are not {sequences} sequences of one static length.");
        if (token.Shape.Elements != x.Shape.Columns) throw new ArgumentException($"{token} is not one row of {x}.");
        Sequences = sequences;
        Y = new Tensor(name, new Shape(x.Shape.Rows + sequences, x.Shape.Columns), TensorRole.Activation);
    }

    public int Sequences { get; }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 0;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        if (gradients.Needs(Inputs[Token])) gradients.Program.Add(new PrependTokenParameterGradient(dy, Sequences, gradients.Contribute(Inputs[Token]!)));
        if (gradients.Needs(Inputs[X])) gradients.Program.Add(new PrependTokenInputGradient(dy, Sequences, gradients.Contribute(Inputs[X]!)));
    }
}

/// <summary>dx[B·P, D] = dy without the first row of each sequence + addend.</summary>
internal sealed partial class PrependTokenInputGradient(Tensor dy, int sequences, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, contribution.Addend)
{
    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public int Sequences { get; } = sequences;

    public override int AddendSlot => 1;

    public override long FloatingPointOperations => Addend is null ? 0 : Outputs[0].Shape.Elements;
}

/// <summary>dToken[D] = Σ of the first rows of the sequences of dy + addend.</summary>
internal sealed partial class PrependTokenParameterGradient(Tensor dy, int sequences, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(dy, contribution.Addend)
{
    public int Sequences { get; } = sequences;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 1;

    public override long FloatingPointOperations => (long)Sequences * Inputs[0]!.Shape.Columns;
}

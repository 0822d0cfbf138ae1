using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>Rotates pairs of each head's leading elements by angles that grow with the position (Su et al., 2021).</summary>
internal sealed partial class Rotary : Operation
{
    private const int X = 0, PositionsOperand = 1, Cosines = 2, Sines = 3;
    private readonly RotaryTables _tables;
    private readonly Tensor _positions;

    public Rotary(Tensor x, Tensor positions, RotaryTables tables, int heads, string name)
        : base(x, positions, tables.Cosines, tables.Sines)
    {
        _tables = tables;
        _positions = positions;
        Heads = heads;
        Y = new Tensor(name, x.Shape, TensorRole.Activation);
    }

    public int Heads { get; }

    public int HeadDim => Y.Shape.Columns / Heads;

    public PositionSpec Position => _tables.Position;

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override long FloatingPointOperations => 3L * Y.Shape.Rows * Heads * Position.RotaryDim;

    public override bool MayOverwrite(int slot) => slot == X;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy || !gradients.Needs(Inputs[X])) return;
        gradients.Pass(Inputs[X]!, gradients.Program.Add(new RotaryGradient(dy, _positions, _tables, Heads, Inputs[X]!.Name + ".gradient")));
    }
}

/// <summary>The rotation by the opposite angles.</summary>
internal sealed partial class RotaryGradient(Tensor dy, Tensor positions, RotaryTables tables, int heads, string name)
    : Operation(dy, positions, tables.Cosines, tables.Sines)
{
    public int Heads { get; } = heads;

    public PositionSpec Position => tables.Position;

    public override IReadOnlyList<Tensor> Outputs { get; } = [new Tensor(name, dy.Shape, TensorRole.Activation)];

    public override bool MayOverwrite(int slot) => slot == 0;

    public override long FloatingPointOperations => 3L * dy.Shape.Rows * Heads * Position.RotaryDim;
}

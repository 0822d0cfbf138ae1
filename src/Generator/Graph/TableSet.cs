using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Graph;

/// <summary>Constant tensors that one run-time function computes together, once, at start.</summary>
internal abstract class TableSet
{
    public abstract IReadOnlyList<Tensor> Tensors { get; }
}

/// <summary>Cosines and sines [context, rotaryDim / 2] of rotary positions (Su et al., 2021).</summary>
internal sealed class RotaryTables(PositionSpec position, int contextLength) : TableSet
{
    public PositionSpec Position { get; } = position;

    public int ContextLength { get; } = contextLength;

    public Tensor Cosines { get; } = new("rotary.cosines", new Shape(contextLength, position.RotaryDim / 2), TensorRole.Table);

    public Tensor Sines { get; } = new("rotary.sines", new Shape(contextLength, position.RotaryDim / 2), TensorRole.Table);

    public override IReadOnlyList<Tensor> Tensors => [Cosines, Sines];
}

/// <summary>Sinusoidal positions [context, dModel] (Vaswani et al., 2017, section 3.5).</summary>
internal sealed class SinusoidalTable(PositionSpec position, int contextLength, int dModel) : TableSet
{
    public PositionSpec Position { get; } = position;

    public Tensor Values { get; } = new("positions.sinusoidal", new Shape(contextLength, dModel), TensorRole.Table);

    public override IReadOnlyList<Tensor> Tensors => [Values];
}

/// <summary>
/// What attention with linear biases adds to scores (Press et al., 2022): distances [heads, 2T − 1], element T − 1 + (key − query) is
/// −slope(head) · |key − query|.
/// </summary>
internal sealed class AlibiTable(int heads, int length) : TableSet
{
    public Tensor Distances { get; } = new("positions.alibi", new Shape(heads, 2 * length - 1), TensorRole.Table);

    /// <summary>T: the greatest length of queries and keys.</summary>
    public int Length { get; } = length;

    public override IReadOnlyList<Tensor> Tensors => [Distances];
}

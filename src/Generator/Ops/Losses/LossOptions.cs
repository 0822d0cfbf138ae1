using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>What a cross-entropy over classes has beyond its plain form, by PyTorch's definitions.</summary>
internal sealed record LossOptions
{
    public static LossOptions None { get; } = new();

    /// <summary>The share of a target that all classes have alike, in [0, 1].</summary>
    public float LabelSmoothing { get; init; }

    /// <summary>[classes]: a factor for each class's rows, by which the mean is weighted too; null for none.</summary>
    public Tensor? ClassWeights { get; init; }

    public bool IsNone => LabelSmoothing == 0 && ClassWeights is null;
}

/// <summary>The constant weights [classes] of a loss's classes.</summary>
internal sealed class ClassWeightTable(EquatableArray<float> weights) : TableSet
{
    public EquatableArray<float> Weights { get; } = weights;

    public Tensor Values { get; } = new("loss.class_weights", new Shape(weights.Count), TensorRole.Table);

    public override IReadOnlyList<Tensor> Tensors => [Values];
}

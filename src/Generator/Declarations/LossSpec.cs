namespace Transformer.Compiled.Generator.Declarations;

internal enum LossKind
{
    /// <summary>Softmax and cross-entropy against one class a row; −100 is ignored.</summary>
    CrossEntropy,

    /// <summary>Softmax and cross-entropy against a distribution over the classes; a row with a NaN is ignored.</summary>
    SoftTargets,

    /// <summary>Sigmoid and cross-entropy of each element; NaN is ignored.</summary>
    BinaryCrossEntropy,

    /// <summary>The mean of squared differences; NaN is ignored.</summary>
    MeanSquaredError,
}

/// <summary>What training minimises.</summary>
internal sealed record LossSpec
{
    /// <summary>The mean cross-entropy: what language models have.</summary>
    public static LossSpec CrossEntropy { get; } = new() { Kind = LossKind.CrossEntropy };

    public required LossKind Kind { get; init; }

    /// <summary>The share of a target that all classes have alike, in [0, 1]; 0 for other kinds than cross-entropy.</summary>
    public float LabelSmoothing { get; init; }

    /// <summary>A factor for each class's rows; empty for none, and for other kinds than cross-entropy.</summary>
    public EquatableArray<float> ClassWeights { get; init; } = EquatableArray<float>.Empty;
}

namespace Transformer.Compiled;

/// <summary>What training minimises.</summary>
public enum LossKind
{
    /// <summary>Softmax and cross-entropy against one class, in nats; the class −100 is ignored.</summary>
    CrossEntropy,

    /// <summary>Softmax and cross-entropy against a distribution over the classes, in nats; a row of targets with a NaN is ignored.</summary>
    SoftTargets,

    /// <summary>Sigmoid and cross-entropy of each label by itself, of which several may hold, in nats; NaN is ignored.</summary>
    BinaryCrossEntropy,

    /// <summary>The mean of squared differences; NaN is ignored.</summary>
    MeanSquaredError,
}

using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Training;

/// <summary>A set of parameter kinds.</summary>
[Flags]
public enum ParameterKinds
{
    /// <summary>No parameter.</summary>
    None = 0,

    /// <summary>Weight matrices of linear maps.</summary>
    Projection = 1,

    /// <summary>Token, position and other embedding tables; a tied head is one too.</summary>
    Embedding = 2,

    /// <summary>Weights and biases of normalisations.</summary>
    Norm = 4,

    /// <summary>Biases of linear maps.</summary>
    Bias = 8,
}

internal static class ParameterKindsExtensions
{
    /// <summary>Whether the set has the kind.</summary>
    public static bool Includes(this ParameterKinds kinds, ParameterKind kind) => (kinds & SetOf(kind)) != 0;

    private static ParameterKinds SetOf(ParameterKind kind) => kind switch
    {
        ParameterKind.Projection => ParameterKinds.Projection,
        ParameterKind.Embedding => ParameterKinds.Embedding,
        ParameterKind.Norm => ParameterKinds.Norm,
        ParameterKind.Bias => ParameterKinds.Bias,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>One annotated class: where the generated half goes, and what it computes. Holds no symbol, node or location.</summary>
internal sealed record ModelDeclaration
{
    /// <summary>The dotted namespace, empty for the global one.</summary>
    public required string Namespace { get; init; }

    /// <summary>The headers of the types around the class, outermost first, such as <c>partial class Outer</c> or <c>partial record struct R</c>.</summary>
    public required EquatableArray<string> ContainingTypes { get; init; }

    /// <summary>The class's name as written in code (escaped with <c>@</c> where it is a keyword).</summary>
    public required string Name { get; init; }

    /// <summary>The prefix of the generated files' names: namespace, containing types and name joined by dots.</summary>
    public required string HintName { get; init; }

    /// <summary>Where the spec comes from, for the header: <c>attribute</c> or the config's project-relative path.</summary>
    public required string Source { get; init; }

    public required TransformerSpec Spec { get; init; }
    public required InferenceSpec Inference { get; init; }

    /// <summary>Null where the class has no <c>[Training]</c>.</summary>
    public required TrainingSpec? Training { get; init; }

    /// <summary>Whether there is also inference whose attention can be seen.</summary>
    public bool CapturesAttention { get; init; }

    /// <summary>Null where the class has no <c>[Cuda]</c>.</summary>
    public CudaSpec? Cuda { get; init; }
}

/// <param name="Precision">Of matrix products.</param>
/// <param name="Architecture">The oldest that kernels are for.</param>
internal sealed record CudaSpec(Precision Precision, GpuArchitecture Architecture);

/// <summary>The oldest architecture that a module is for; the driver compiles it for every later one.</summary>
internal enum GpuArchitecture { Ampere, Volta }

/// <summary>To what the factors of a device's matrix products are rounded.</summary>
internal enum Precision { Float32, Tf32, BFloat16 }

internal sealed record InferenceSpec
{
    /// <summary>Rows that a session decodes side by side, each with a cache of its own.</summary>
    public required int Batch { get; init; }

    /// <summary>Tokens of a prompt that one pass of the prefill program takes.</summary>
    public required int PrefillChunk { get; init; }

    /// <summary>Positions of a sequence that an encoder takes at most.</summary>
    public int SequenceLength { get; init; }

    /// <summary>Whether an encoder hands out the states of every layer.</summary>
    public bool HiddenStates { get; init; }
}

internal sealed record TrainingSpec
{
    public required int BatchSize { get; init; }
    public required int SequenceLength { get; init; }

    /// <summary>Tokens of a source; 0 where there is none.</summary>
    public int SourceLength { get; init; }

    /// <summary>Patterns (<c>*</c> and <c>?</c>) of checkpoint tensor names that are not trained.</summary>
    public required EquatableArray<string> Frozen { get; init; }
    public LossSpec Loss { get; init; } = LossSpec.CrossEntropy;
}

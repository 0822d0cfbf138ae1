using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>What one annotated class came to: a model unless there were errors, and all there is to say to the user.</summary>
internal sealed record DeclarationResult(ModelDeclaration? Declaration, EquatableArray<DiagnosticInfo> Diagnostics)
{
    /// <summary>Where the frozen parameters are named: whether they exist can only be said once the model's parameters are known.</summary>
    public LocationInfo? Frozen { get; init; }
}

using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>What one annotated class came to: a model unless there were errors, and all there is to say to the user.</summary>
internal sealed record DeclarationResult(ModelDeclaration? Declaration, EquatableArray<DiagnosticInfo> Diagnostics);

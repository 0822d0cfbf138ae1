using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator;

/// <summary>The files of one model, or why there are none.</summary>
internal sealed record GenerationResult(EquatableArray<GeneratedFile> Files, EquatableArray<DiagnosticInfo> Diagnostics);

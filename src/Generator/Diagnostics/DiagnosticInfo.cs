using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Diagnostics;

/// <summary>A diagnostic as plain values. Arguments are already text, so that no culture takes part.</summary>
internal sealed record DiagnosticInfo(DiagnosticDescriptor Descriptor, LocationInfo? Location, EquatableArray<string> Arguments)
{
    public Diagnostic ToDiagnostic()
        => Diagnostic.Create(Descriptor, Location?.ToLocation() ?? Microsoft.CodeAnalysis.Location.None, [.. Arguments]);
}

using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Diagnostics;

/// <summary>Collects the diagnostics of one declaration, in the order in which they are found.</summary>
internal sealed class DiagnosticSink
{
    private readonly List<DiagnosticInfo> _items = [];

    public bool HasErrors { get; private set; }

    public void Add(DiagnosticDescriptor descriptor, LocationInfo? location, params string[] arguments)
    {
        _items.Add(new DiagnosticInfo(descriptor, location, new EquatableArray<string>(arguments)));
        HasErrors |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
    }

    public EquatableArray<DiagnosticInfo> ToArray() => new([.. _items]);
}

using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>What can be wrong with a trainer's patterns of frozen parameters, which only the model's names tell.</summary>
internal static class FrozenPatterns
{
    /// <param name="declaration">The model.</param>
    /// <param name="location">Where the patterns are written.</param>
    public static EquatableArray<DiagnosticInfo> Check(ModelDeclaration declaration, LocationInfo? location)
    {
        if (declaration.Training is not { Frozen.Count: > 0 } training) return EquatableArray<DiagnosticInfo>.Empty;
        string[] names = [.. ModelBuilder.Checkpoint(declaration).Select(entry => entry.Name)];
        var diagnostics = new DiagnosticSink();
        foreach (string pattern in training.Frozen)
        {
            if (!names.Any(name => NamePattern.IsMatch(name, pattern)))
                diagnostics.Add(DiagnosticDescriptors.FrozenPatternMatchesNothing, location, pattern, declaration.Name, names[names.Length / 2]);
        }
        if (names.All(name => training.Frozen.Any(pattern => NamePattern.IsMatch(name, pattern))))
            diagnostics.Add(DiagnosticDescriptors.EverythingFrozen, location, declaration.Name);
        return diagnostics.ToArray();
    }
}

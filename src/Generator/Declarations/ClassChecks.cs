using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>Whether the generated half can join the class at all.</summary>
internal static class ClassChecks
{
    /// <summary>The lowest C# version that the generated code compiles with.</summary>
    private const LanguageVersion RequiredLanguageVersion = LanguageVersion.CSharp12;

    private static readonly string[] _modelMembers =
        ["Weights", "Session", "Encoder", "Kernels", "SourceVocabularySize", "SourceLength", "Labels", "VocabularySize", "ContextLength", "DModel", "Layers", "ParameterCount"];

    /// <summary>The names of members that <c>[Training]</c> adds.</summary>
    public static IReadOnlyList<string> TrainingMembers { get; } = ["Trainer"];

    /// <summary>The names of members that <c>[CaptureAttention]</c> adds.</summary>
    public static IReadOnlyList<string> CaptureMembers { get; } = ["AttentionSession", "AttentionEncoder"];

    /// <summary>The names of members that <c>[Cuda]</c> adds.</summary>
    public static IReadOnlyList<string> CudaMembers { get; } = ["CudaSession", "CudaEncoder", "CudaTrainer"];

    public static EquatableArray<DiagnosticInfo> Check(
        INamedTypeSymbol model, ImmutableArray<INamedTypeSymbol> containing, IEnumerable<string> furtherMembers,
        LanguageVersion languageVersion, CancellationToken cancellation)
    {
        var diagnostics = new DiagnosticSink();
        LocationInfo location = LocationInfo.From(model.Locations[0]);

        if (languageVersion < RequiredLanguageVersion)
            diagnostics.Add(DiagnosticDescriptors.LanguageVersionTooLow, location, model.Name, RequiredLanguageVersion.ToDisplayString());
        if (!IsPartial(model, cancellation)) diagnostics.Add(DiagnosticDescriptors.ClassNotPartial, location, model.Name);
        if (UnsupportedKind(model, containing) is { } kind)
            diagnostics.Add(DiagnosticDescriptors.UnsupportedClassKind, location, model.Name, kind);
        if (model.IsGenericType) diagnostics.Add(DiagnosticDescriptors.GenericModel, location, model.Name);

        foreach (INamedTypeSymbol type in containing.Where(type => !IsPartial(type, cancellation)))
            diagnostics.Add(DiagnosticDescriptors.ContainingTypeNotPartial, LocationInfo.From(type.Locations[0]), type.Name, model.Name);

        foreach (string name in _modelMembers.Concat(furtherMembers))
        {
            Location? taken = model.Name == name ? model.Locations[0] : model.GetMembers(name).FirstOrDefault()?.Locations[0];
            if (taken is not null) diagnostics.Add(DiagnosticDescriptors.NameCollision, LocationInfo.From(taken), name, model.Name);
        }

        return diagnostics.ToArray();
    }

    private static string? UnsupportedKind(INamedTypeSymbol model, ImmutableArray<INamedTypeSymbol> containing)
    {
        if (model.TypeKind != TypeKind.Class) return "a struct or an interface";
        if (model.IsRecord) return "a record";
        if (model.IsStatic) return "a static class";
        if (model.IsFileLocal || containing.Any(type => type.IsFileLocal)) return "a file-local one";
        return null;
    }

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation)
        => type.DeclaringSyntaxReferences.Any(reference =>
            reference.GetSyntax(cancellation) is TypeDeclarationSyntax syntax && syntax.Modifiers.Any(SyntaxKind.PartialKeyword));
}

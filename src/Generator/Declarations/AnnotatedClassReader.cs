using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>The one place that sees symbols and syntax: turns an annotated class into plain values.</summary>
internal static class AnnotatedClassReader
{
    public const string TransformerAttribute = "Transformer.Compiled.TransformerAttribute";
    public const string TrainingAttribute = "Transformer.Compiled.TrainingAttribute";
    public const string InferenceAttribute = "Transformer.Compiled.InferenceAttribute";
    public const string CaptureAttentionAttribute = "Transformer.Compiled.CaptureAttentionAttribute";
    public const string CudaAttribute = "Transformer.Compiled.CudaAttribute";

    /// <summary>A type by which the library is known that launches kernels on GPUs.</summary>
    private const string CudaLibraryType = "Transformer.Compiled.Cuda.CudaContext";

    public static AnnotatedClass Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var symbol = (INamedTypeSymbol)context.TargetSymbol;
        AttributeUse? training = Find(symbol, TrainingAttribute, cancellation);
        AttributeUse? inference = Find(symbol, InferenceAttribute, cancellation);
        bool capturesAttention = Find(symbol, CaptureAttentionAttribute, cancellation) is not null;
        AttributeUse? cuda = Find(symbol, CudaAttribute, cancellation);
        ImmutableArray<INamedTypeSymbol> containing = ContainingTypes(symbol);
        var compilation = (CSharpCompilation)context.SemanticModel.Compilation;
        return new AnnotatedClass
        {
            Namespace = NameText.Namespace(symbol),
            ContainingTypes = new EquatableArray<string>([.. containing.Select(NameText.Header)]),
            Name = NameText.Escape(symbol.Name),
            HintName = NameText.Hint(symbol, containing),
            Transformer = AttributeUseReader.Read(context.Attributes[0], cancellation),
            Training = training,
            Inference = inference,
            CapturesAttention = capturesAttention,
            Cuda = cuda,
            CudaLibraryIsMissing = cuda is not null && compilation.GetTypeByMetadataName(CudaLibraryType) is null,
            Problems = ClassChecks.Check(
                symbol, containing,
                [
                    .. ClassChecks.TrainingMembers.Where(_ => training is not null),
                    .. ClassChecks.CaptureMembers.Where(_ => capturesAttention),
                    .. ClassChecks.CudaMembers.Where(_ => cuda is not null),
                ],
                compilation.LanguageVersion, cancellation),
        };
    }

    /// <summary>A <c>[Training]</c>, <c>[Inference]</c>, <c>[CaptureAttention]</c> or <c>[Cuda]</c> on a class that is no model.</summary>
    public static DiagnosticInfo? ReadStray(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        bool isModel = context.TargetSymbol.GetAttributes().Any(attribute => Is(attribute, TransformerAttribute));
        if (isModel) return null;
        AttributeUse use = AttributeUseReader.Read(context.Attributes[0], cancellation);
        return new DiagnosticInfo(DiagnosticDescriptors.TransformerMissing, use.Location,
            new EquatableArray<string>(use.Name, context.TargetSymbol.Name));
    }

    private static AttributeUse? Find(INamedTypeSymbol symbol, string metadataName, CancellationToken cancellation)
    {
        AttributeData? attribute = symbol.GetAttributes().FirstOrDefault(candidate => Is(candidate, metadataName));
        return attribute is null ? null : AttributeUseReader.Read(attribute, cancellation);
    }

    private static bool Is(AttributeData attribute, string metadataName) => attribute.AttributeClass?.ToDisplayString() == metadataName;

    /// <summary>Outermost first.</summary>
    private static ImmutableArray<INamedTypeSymbol> ContainingTypes(INamedTypeSymbol symbol)
    {
        var types = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        for (INamedTypeSymbol? type = symbol.ContainingType; type is not null; type = type.ContainingType) types.Insert(0, type);
        return types.ToImmutable();
    }
}

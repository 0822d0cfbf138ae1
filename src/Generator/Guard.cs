using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Declarations.Configs;
using Transformer.Compiled.Generator.Diagnostics;
using Transformer.Compiled.Generator.Targets.Ptx;

namespace Transformer.Compiled.Generator;

/// <summary>Keeps the generator from throwing: what nobody foresaw becomes a diagnostic. Cancellation passes through.</summary>
internal static class Guard
{
    public static AnnotatedClass Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        try
        {
            return AnnotatedClassReader.Read(context, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            string name = context.TargetSymbol.Name;
            LocationInfo location = LocationInfo.From(context.TargetNode.GetLocation());
            return new AnnotatedClass
            {
                Namespace = "",
                ContainingTypes = EquatableArray<string>.Empty,
                Name = name,
                HintName = name,
                Transformer = new AttributeUse("Transformer", location, EquatableArray<AttributeValue>.Empty, IsBroken: true),
                Training = null,
                Inference = null,
                Problems = Describe(exception, name, location),
            };
        }
    }

    public static DeclarationResult Parse(AnnotatedClass annotated, ProjectConfigs configs, CancellationToken cancellation)
    {
        try
        {
            return DeclarationParser.Parse(annotated, configs, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new DeclarationResult(null, Describe(exception, annotated.HintName, annotated.Transformer.Location));
        }
    }

    /// <summary>What is wrong with names that only the model's parameters tell.</summary>
    public static EquatableArray<DiagnosticInfo> CheckNames(DeclarationResult result, CancellationToken cancellation)
    {
        if (result.Declaration is not { } declaration) return EquatableArray<DiagnosticInfo>.Empty;
        try
        {
            cancellation.ThrowIfCancellationRequested();
            return FrozenPatterns.Check(declaration, result.Frozen);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Describe(exception, declaration.HintName, result.Frozen);
        }
    }

    public static GenerationResult Compile(ModelDeclaration declaration, CancellationToken cancellation)
        => Compile(declaration, ModelCompiler.Compile, cancellation);

    /// <summary>As above with a compiler of the caller's choice.</summary>
    public static GenerationResult Compile(
        ModelDeclaration declaration, Func<ModelDeclaration, CancellationToken, EquatableArray<GeneratedFile>> compile, CancellationToken cancellation)
    {
        try
        {
            return new GenerationResult(compile(declaration, cancellation), EquatableArray<DiagnosticInfo>.Empty);
        }
        catch (NoKernelException exception)
        {
            var arguments = new EquatableArray<string>(declaration.HintName, exception.Message);
            return new GenerationResult(
                EquatableArray<GeneratedFile>.Empty,
                new EquatableArray<DiagnosticInfo>(new DiagnosticInfo(DiagnosticDescriptors.NoKernelForDevice, null, arguments)));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new GenerationResult(EquatableArray<GeneratedFile>.Empty, Describe(exception, declaration.HintName, location: null));
        }
    }

    private static EquatableArray<DiagnosticInfo> Describe(Exception exception, string model, LocationInfo? location)
    {
        string description = $"{exception.GetType().Name}: {exception.Message}".Replace('\r', ' ').Replace('\n', ' ');
        var arguments = new EquatableArray<string>(model, description);
        return new EquatableArray<DiagnosticInfo>(new DiagnosticInfo(DiagnosticDescriptors.InternalError, location, arguments));
    }
}

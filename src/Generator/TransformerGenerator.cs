using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Declarations.Configs;
using Transformer.Compiled.Generator.Diagnostics;

namespace Transformer.Compiled.Generator;

/// <summary>
/// The wiring: annotated classes and config files → declarations → sources, and diagnostics apart, so that moving a line regenerates
/// nothing. Every value between two steps compares by value and holds nothing of Roslyn's trees.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TransformerGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<AnnotatedClass> classes = context.SyntaxProvider
            .ForAttributeWithMetadataName(AnnotatedClassReader.TransformerAttribute, IsType, Guard.Read)
            .WithTrackingName(TrackingNames.Classes);

        IncrementalValuesProvider<DeclarationResult> results = classes
            .Combine(ProjectConfigsOf(context))
            .Select((pair, cancellation) => Guard.Parse(pair.Left, pair.Right, cancellation))
            .WithTrackingName(TrackingNames.Results);

        IncrementalValuesProvider<GenerationResult> sources = results
            .Select((result, _) => result.Declaration)
            .Where(declaration => declaration is not null)
            .Collect()
            .SelectMany((declarations, _) => HintNames.MakeUnique(declarations!))
            .WithTrackingName(TrackingNames.Declarations)
            .Select(Guard.Compile)
            .WithTrackingName(TrackingNames.Sources);

        context.RegisterSourceOutput(sources, AddSources);
        RegisterDiagnostics(context, results.Select((result, _) => result.Diagnostics), TrackingNames.Diagnostics);
        RegisterDiagnostics(context, sources.Select((result, _) => result.Diagnostics), TrackingNames.Diagnostics);
        RegisterDiagnostics(context, results.Select(Guard.CheckNames), TrackingNames.Diagnostics);
        RegisterStrayAttributes(context, AnnotatedClassReader.TrainingAttribute);
        RegisterStrayAttributes(context, AnnotatedClassReader.InferenceAttribute);
        RegisterStrayAttributes(context, AnnotatedClassReader.CaptureAttentionAttribute);
        RegisterStrayAttributes(context, AnnotatedClassReader.CudaAttribute);
    }

    private static bool IsType(SyntaxNode node, CancellationToken cancellation) => node is TypeDeclarationSyntax;

    private static IncrementalValueProvider<ProjectConfigs> ProjectConfigsOf(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<string?> directory = context.AnalyzerConfigOptionsProvider.Select((options, _) =>
            options.GlobalOptions.TryGetValue("build_property.ProjectDir", out string? value)
            || options.GlobalOptions.TryGetValue("build_property.MSBuildProjectDirectory", out value) ? value : null);

        return context.AdditionalTextsProvider
            .Where(ConfigFile.IsCandidate)
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select((pair, cancellation) => ConfigFile.Read(pair.Left, pair.Right.GetOptions(pair.Left), cancellation))
            .WithTrackingName(TrackingNames.ConfigFiles)
            .Collect()
            .Combine(directory)
            .Select((pair, _) => new ProjectConfigs(pair.Right, new EquatableArray<ConfigFile>([.. pair.Left])))
            .WithTrackingName(TrackingNames.ProjectConfigs);
    }

    private static void RegisterStrayAttributes(IncrementalGeneratorInitializationContext context, string attribute)
    {
        IncrementalValuesProvider<DiagnosticInfo?> strays = context.SyntaxProvider
            .ForAttributeWithMetadataName(attribute, IsType, AnnotatedClassReader.ReadStray)
            .Where(diagnostic => diagnostic is not null)
            .WithTrackingName(TrackingNames.StrayAttributes);
        context.RegisterSourceOutput(strays, (output, diagnostic) => output.ReportDiagnostic(diagnostic!.ToDiagnostic()));
    }

    private static void RegisterDiagnostics(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<EquatableArray<DiagnosticInfo>> diagnostics, string trackingName)
    {
        IncrementalValuesProvider<EquatableArray<DiagnosticInfo>> reported = diagnostics.Where(items => items.Count > 0).WithTrackingName(trackingName);
        context.RegisterSourceOutput(reported, (output, items) =>
        {
            foreach (DiagnosticInfo item in items) output.ReportDiagnostic(item.ToDiagnostic());
        });
    }

    private static void AddSources(SourceProductionContext output, GenerationResult result)
    {
        foreach (GeneratedFile file in result.Files) output.AddSource(file.HintName, SourceText.From(file.Text, Encoding.UTF8));
    }
}

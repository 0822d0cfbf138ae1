using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Generator.Tests.Harness;

/// <summary>A project as the compiler sees it: sources, additional files (both by path relative to the project) and its directory.</summary>
internal sealed record GeneratorInput
{
    public const string DefaultProjectDirectory = "/project/";

    public ImmutableDictionary<string, string> Sources { get; init; } = ImmutableDictionary<string, string>.Empty;
    public ImmutableDictionary<string, string> AdditionalFiles { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The ConfigName of additional files, by path.</summary>
    public ImmutableDictionary<string, string> ConfigNames { get; init; } = ImmutableDictionary<string, string>.Empty;
    public string? ProjectDirectory { get; init; } = DefaultProjectDirectory;
    public LanguageVersion LanguageVersion { get; init; } = LanguageVersion.Latest;

    /// <summary>Whether the project refers to the library for GPUs.</summary>
    public bool ReferencesCuda { get; init; }

    /// <summary>A project of one file, <c>Model.cs</c>, that uses Transformer.Compiled.</summary>
    public static GeneratorInput Of(string source) => new GeneratorInput().WithSource("Model.cs", "using Transformer.Compiled;\n" + source);

    public GeneratorInput WithSource(string path, string text) => this with { Sources = Sources.SetItem(path, text) };

    public GeneratorInput WithFile(string path, string text) => this with { AdditionalFiles = AdditionalFiles.SetItem(path, text) };

    public GeneratorInput WithConfigName(string path, string name) => this with { ConfigNames = ConfigNames.SetItem(path, name) };

    public CSharpParseOptions ParseOptions => new(LanguageVersion);

    public Compilation Compile() => CSharpCompilation.Create(
        "Models",
        Sources.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Parse(pair.Key)),
        ReferencesCuda ? [.. References.Plain, References.Cuda] : References.Plain,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999));

    public SyntaxTree Parse(string path) => CSharpSyntaxTree.ParseText(Sources[path], ParseOptions, FullPath(path));

    public ImmutableArray<AdditionalText> Texts() => [.. AdditionalFiles
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => new MemoryText(FullPath(pair.Key), pair.Value))];

    public AnalyzerConfigOptionsProvider Options()
        => new MemoryOptions(ProjectDirectory, ConfigNames.ToDictionary(pair => FullPath(pair.Key), pair => pair.Value, StringComparer.Ordinal));

    private static string FullPath(string path) => path.StartsWith('/') ? path : DefaultProjectDirectory + path;

    private static class References
    {
        public static MetadataReference Cuda { get; } = MetadataReference.CreateFromFile(typeof(Transformer.Compiled.Cuda.CudaContext).Assembly.Location);

        public static ImmutableArray<MetadataReference> Plain { get; } =
            [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                    || Path.GetFileName(path) is "mscorlib.dll" or "netstandard.dll" or "Transformer.Compiled.dll")
                .Select(path => MetadataReference.CreateFromFile(path))];
    }

    private sealed class MemoryText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class MemoryOptions(string? projectDirectory, Dictionary<string, string> configNames) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Value("build_property.ProjectDir", projectDirectory);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Value("", null);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile)
            => new Value("build_metadata.AdditionalFiles.ConfigName", configNames.GetValueOrDefault(textFile.Path, ""));

        /// <summary>One option; null where the build does not say it.</summary>
        private sealed class Value(string name, string? text) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value)
            {
                bool isKnown = key == name && text is not null;
                value = isKnown ? text! : "";
                return isKnown;
            }
        }
    }
}

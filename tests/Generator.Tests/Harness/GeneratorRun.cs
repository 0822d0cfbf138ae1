using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Transformer.Compiled.Generator;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Harness;

/// <summary>One run of the generator over a project, and the project with what was generated; a later run can continue from it.</summary>
internal sealed class GeneratorRun
{
    private readonly GeneratorDriver _driver;

    private GeneratorRun(GeneratorDriver driver, GeneratorInput input, Compilation inputCompilation)
    {
        Input = input;
        InputCompilation = inputCompilation;
        _driver = driver.RunGeneratorsAndUpdateCompilation(inputCompilation, out Compilation output, out _);
        Output = output;
        Result = _driver.GetRunResult().Results.Single();
    }

    public GeneratorInput Input { get; }
    public Compilation InputCompilation { get; }
    public Compilation Output { get; }
    public GeneratorRunResult Result { get; }

    public static GeneratorRun Of(string source) => Of(GeneratorInput.Of(source));

    public static GeneratorRun Of(GeneratorInput input) => new(
        CSharpGeneratorDriver.Create(
            [new TransformerGenerator().AsSourceGenerator()],
            input.Texts(),
            input.ParseOptions,
            input.Options(),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true)),
        input,
        input.Compile());

    /// <summary>Runs on, keeping the caches, after sources have been changed; trees whose text is the same stay the same object.</summary>
    public GeneratorRun ThenWithSource(string path, string text)
    {
        GeneratorInput changed = Input.WithSource(path, text);
        SyntaxTree tree = changed.Parse(path);
        SyntaxTree? old = InputCompilation.SyntaxTrees.FirstOrDefault(candidate => candidate.FilePath == tree.FilePath);
        Compilation compilation = old is null ? InputCompilation.AddSyntaxTrees(tree) : InputCompilation.ReplaceSyntaxTree(old, tree);
        return new GeneratorRun(_driver, changed, compilation);
    }

    /// <summary>Runs on, keeping the caches, after an additional file has been changed.</summary>
    public GeneratorRun ThenWithFile(string path, string text)
    {
        GeneratorInput changed = Input.WithFile(path, text);
        return new GeneratorRun(_driver.ReplaceAdditionalTexts(changed.Texts()), changed, InputCompilation);
    }

    /// <summary>The generator's own diagnostics, in the order of their places.</summary>
    public ImmutableArray<Diagnostic> Diagnostics =>
        [.. Result.Diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];

    /// <summary>What the compiler says of the sources alone; a declaration is complete without its generated half.</summary>
    public ImmutableArray<Diagnostic> SourceProblems => Problems(InputCompilation);

    /// <summary>What the compiler says of sources and generated code together.</summary>
    public ImmutableArray<Diagnostic> OutputProblems => Problems(Output);

    private static ImmutableArray<Diagnostic> Problems(Compilation compilation)
        => [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];

    public ImmutableArray<ModelDeclaration> Declarations =>
        [.. Outputs(TrackingNames.Declarations).Select(output => (ModelDeclaration)output.Value)];

    public ImmutableDictionary<string, string> Files =>
        Result.GeneratedSources.ToImmutableDictionary(source => source.HintName, source => source.SourceText.ToString());

    public ImmutableArray<(object Value, IncrementalStepRunReason Reason)> Outputs(string trackingName) =>
        Result.TrackedSteps.TryGetValue(trackingName, out ImmutableArray<IncrementalGeneratorRunStep> steps)
            ? [.. steps.SelectMany(step => step.Outputs)]
            : [];

    /// <summary>The text at a diagnostic's place.</summary>
    public string TextAt(Diagnostic diagnostic)
    {
        string path = diagnostic.Location.GetLineSpan().Path[GeneratorInput.DefaultProjectDirectory.Length..];
        string text = Input.Sources.TryGetValue(path, out string? source) ? source : Input.AdditionalFiles[path];
        return text.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length);
    }
}

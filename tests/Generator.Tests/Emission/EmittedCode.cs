using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Generator.Tests.Emission;

/// <summary>A project with its generated code, compiled as the strictest user would.</summary>
internal sealed class EmittedCode
{
    private readonly CSharpCompilation _compilation;

    private EmittedCode(GeneratorRun run)
    {
        Assert.Empty(run.Diagnostics);
        Run = run;
        CSharpParseOptions options = run.Input.ParseOptions.WithDocumentationMode(DocumentationMode.Diagnose);
        _compilation = CSharpCompilation.Create(
            "Models",
            run.Output.SyntaxTrees.Select(tree => CSharpSyntaxTree.ParseText(tree.GetText(), options, tree.FilePath)),
            run.Output.References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                checkOverflow: true,
                generalDiagnosticOption: ReportDiagnostic.Error,
                warningLevel: 9999,
                allowUnsafe: false,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    public GeneratorRun Run { get; }

    /// <summary>Of a project of one file that uses Transformer.Compiled.</summary>
    public static EmittedCode Of(string source) => new(GeneratorRun.Of(source));

    public static EmittedCode Of(GeneratorInput input) => new(GeneratorRun.Of(input));

    /// <summary>Nothing to say, not even a hint.</summary>
    public void AssertFlawless()
    {
        Diagnostic[] problems = [.. _compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Hidden)];
        Assert.True(problems.Length == 0, $"{problems.Length} problems:\n{string.Join("\n", problems.Take(10).Select(Describe))}");
    }

    public byte[] Assemble()
    {
        using var stream = new MemoryStream();
        EmitResult result = _compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Take(10)));
        return stream.ToArray();
    }

    private static string Describe(Diagnostic problem)
    {
        FileLinePositionSpan span = problem.Location.GetLineSpan();
        string line = problem.Location.SourceTree?.GetText().Lines[span.StartLinePosition.Line].ToString() ?? "";
        return $"{problem}\n    {line}";
    }
}

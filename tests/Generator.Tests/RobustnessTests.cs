using System.Globalization;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests;

public sealed class RobustnessTests
{
    private const string Source = """
        [Transformer(VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = -6, NormEpsilon = -1e-5)] partial class Wrong;
        [Transformer(VocabularySize = 65, ContextLength = 25, DModel = 384, Heads = 6, Layers = 2, ResidualDropout = 0.1), Training(BatchSize = 2)] partial class Right;
        [Transformer("config.json")] partial class FromConfig;
        """;

    [Fact]
    public void OutputIsTheSameUnderACultureWithAnotherMinusSign()
    {
        GeneratorInput input = GeneratorInput.Of(Source).WithFile("config.json", Configs.With("llama-tiny", "rms_norm_eps", "-1.5e-06"));
        GeneratorRun invariant = GeneratorRun.Of(input);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";

        CultureInfo before = CultureInfo.CurrentCulture;
        GeneratorRun foreign;
        try
        {
            CultureInfo.CurrentCulture = culture;
            foreign = GeneratorRun.Of(input);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.Equal(invariant.Files.OrderBy(file => file.Key, StringComparer.Ordinal), foreign.Files.OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.Equal(invariant.Diagnostics.Select(Describe), foreign.Diagnostics.Select(Describe));
        Assert.Contains(foreign.Diagnostics, diagnostic => Describe(diagnostic).Contains("-1E-05", StringComparison.Ordinal));

        static string Describe(Diagnostic diagnostic) => diagnostic.ToString();
    }

    [Fact]
    public void ExceptionsBecomeADiagnostic()
    {
        ModelDeclaration model = Assert.Single(GeneratorRun.Of(Source).Declarations);
        GenerationResult result = Guard.Compile(model, (_, _) => throw new InvalidOperationException("first\r\nsecond"), CancellationToken.None);
        Assert.Empty(result.Files);
        Diagnostic diagnostic = Assert.Single(result.Diagnostics).ToDiagnostic();
        Assert.Equal("TC9999", diagnostic.Id);
        Assert.Contains("'Right' with InvalidOperationException: first  second", diagnostic.GetMessage());
    }

    [Fact]
    public void CancellationPassesThrough()
    {
        ModelDeclaration model = Assert.Single(GeneratorRun.Of(Source).Declarations);
        Assert.ThrowsAny<OperationCanceledException>(() => Guard.Compile(model, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void CompilerFloorIsRoslyn48()
    {
        Version? referenced = typeof(TransformerGenerator).Assembly.GetReferencedAssemblies()
            .Single(assembly => assembly.Name == "Microsoft.CodeAnalysis.CSharp").Version;
        Assert.Equal(new Version(4, 8, 0, 0), referenced);
        Assert.Equal(new Version(4, 8, 0, 0), typeof(Compilation).Assembly.GetName().Version);
    }

    [Fact]
    public void GeneratorReferencesNothingButTheCompilerAndItsOwnDependencies()
        => Assert.DoesNotContain(
            typeof(TransformerGenerator).Assembly.GetReferencedAssemblies(), assembly => assembly.Name!.StartsWith("System.Text.Json", StringComparison.Ordinal));
}

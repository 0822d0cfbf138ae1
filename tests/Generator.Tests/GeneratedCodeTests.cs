using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Ptx;

namespace Generator.Tests;

/// <summary>Whatever is declared, the generated code compiles, without a warning at the highest level.</summary>
public sealed class GeneratedCodeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FreelyCombinedChoicesCompile(int seed) => AssertCompiles(GeneratorInput.Of(RandomModels.Source(seed, count: 12)));

    /// <summary>What fits together compiles; what does not is said, and not by a failure of the generator.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(2000)]
    public void FreelyCombinedArchitecturesCompileOrAreRefused(int seed)
    {
        const int Count = 150;
        string[] attributes = [.. Enumerable.Range(seed, Count).Select(RandomArchitectures.Attributes)];
        GeneratorRun run = GeneratorRun.Of(string.Join("\n", attributes.Select((text, i) => $"{text} public partial class Model{i};")));
        Assert.Null(run.Result.Exception);
        string failures = string.Join("\n", run.Diagnostics.Where(d => d.Id == "TC9999").Select(d => $"{d.GetMessage()}: {attributes[ModelNumber(d.GetMessage())]}"));
        Assert.True(failures.Length == 0, failures);
        Assert.InRange(run.Declarations.Length, Count / 8, Count);
        string problems = string.Join("\n", run.OutputProblems.Select(problem => $"{problem.Id}: {problem.GetMessage()}").Distinct());
        Assert.True(problems.Length == 0, problems);

        static int ModelNumber(string message) => int.Parse(message[(message.IndexOf("'Model", StringComparison.Ordinal) + 6)..].Split('\'')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The same for GPUs, where the modules are valid too.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void FreelyCombinedArchitecturesCompileForDevices(int seed)
    {
        string[] attributes = [.. Enumerable.Range(seed, 40).Select(RandomArchitectures.Attributes)];
        string source = string.Join("\n", attributes.Select((text, i) => $"{text} [Cuda] public partial class Model{i};"));
        GeneratorRun run = GeneratorRun.Of(GeneratorInput.Of(source) with { ReferencesCuda = true });
        Assert.Null(run.Result.Exception);
        Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Id is "TC9999" or "TC0033" or "TC0034");
        string problems = string.Join("\n", run.OutputProblems.Select(problem => $"{problem.Id}: {problem.GetMessage()}").Distinct());
        Assert.True(problems.Length == 0, problems);

        string[] modules = [.. run.Files.Where(file => file.Key.EndsWith(".Ptx.g.cs", StringComparison.Ordinal)).Select(file => file.Value)];
        Assert.InRange(modules.Length, run.Declarations.Length, 2 * run.Declarations.Length);
        foreach (string module in modules)
        {
            string text = module.Split("\"\"\"")[1];
            PtxValidator.Validate(PtxModule.Parse(text));
        }
    }

    [Theory]
    [InlineData("gpt2-tiny")]
    [InlineData("llama-tiny")]
    [InlineData("llama3-rope-tiny")]
    [InlineData("mistral-tiny")]
    [InlineData("qwen2-tiny")]
    public void ConfigsCompile(string fixture)
        => AssertCompiles(Configs.Model(Configs.Fixture(fixture), "[Transformer(\"config.json\"), Training(BatchSize = 2)]"));

    [Fact]
    public void ShorterContextKeepsTheCheckpointsPositionTable()
    {
        GeneratorRun run = AssertCompiles(Configs.Model(Configs.Fixture("gpt2-tiny"), "[Transformer(\"config.json\", ContextLength = 20), Training(BatchSize = 2)]"));
        ModelGraph model = ModelBuilder.Build(run.Declarations.Single());
        Assert.Equal(new Shape(32, 32), model[ParameterNames.PositionEmbedding].Tensor.Shape);
    }

    [Fact]
    public void NestedModelsAndKeywordsCompile() => AssertCompiles(GeneratorInput.Of("""
        namespace Deep.@namespace
        {
            internal static partial class Outer
            {
                public partial record struct Middle
                {
                    public partial interface IInner
                    {
                        [Transformer(VocabularySize = 7, ContextLength = 5, DModel = 4, Heads = 2, Layers = 1), Training(BatchSize = 1)]
                        public abstract partial class @class;
                    }
                }
            }
        }
        """));

    [Fact]
    public void NamesOfTheUsersNamespacesDoNotGetInTheWay() => AssertCompiles(GeneratorInput.Of("""
        namespace Mine.System
        {
            class Float; class Linear; class Pointer;
            [Transformer.Compiled.Transformer(VocabularySize = 7, ContextLength = 5, DModel = 4, Heads = 2, Layers = 1), Transformer.Compiled.Training(BatchSize = 1)]
            public partial class Model;
        }
        """));

    private static GeneratorRun AssertCompiles(GeneratorInput input)
    {
        GeneratorRun run = GeneratorRun.Of(input);
        Assert.Null(run.Result.Exception);
        Assert.Empty(run.Diagnostics);
        Assert.NotEmpty(run.Files);
        string problems = string.Join("\n", run.OutputProblems.Select(problem => $"{problem.Id}: {problem.GetMessage()}").Distinct());
        Assert.True(problems.Length == 0, problems);
        return run;
    }
}

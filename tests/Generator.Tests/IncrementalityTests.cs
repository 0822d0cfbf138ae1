using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator;

namespace Generator.Tests;

public sealed class IncrementalityTests
{
    private const string Sizes = "VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 6";

    private static readonly string[] _steps =
        [.. typeof(TrackingNames).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetRawConstantValue()!)];

    /// <summary>Two models, one of each kind, with a warning, an error and a stray attribute, so that every step has something to do.</summary>
    private static GeneratorInput Project { get; } = GeneratorInput.Of($$"""
            [Transformer({{Sizes}}, RotaryTheta = 5), Training(BatchSize = 2, Frozen = ["a"])] partial class First;
            [Transformer("config.json", ContextLength = 16)] partial class Second;
            [Transformer({{Sizes}}, KeyValueHeads = 4)] partial class Third;
            [Inference] class Stray;
            """)
        .WithSource("Unrelated.cs", "class Unrelated { }")
        .WithFile("config.json", Configs.Fixture("gpt2-tiny"));

    [Fact]
    public void EveryStepIsTracked()
    {
        GeneratorRun run = GeneratorRun.Of(Project);
        Assert.All(_steps, step => Assert.NotEmpty(run.Outputs(step)));
    }

    [Fact]
    public void RunningAgainRecomputesNothing() => AssertAllCached(GeneratorRun.Of(Project).ThenWithSource("Unrelated.cs", "class Unrelated { }"));

    [Fact]
    public void EditingAnUnrelatedFileRecomputesNothing()
        => AssertAllCached(GeneratorRun.Of(Project).ThenWithSource("Unrelated.cs", "class Unrelated { int edited; } class Added { }"));

    [Fact]
    public void AddingAnUnrelatedFileRecomputesNothing() => AssertAllCached(GeneratorRun.Of(Project).ThenWithSource("New.cs", "class New { }"));

    [Fact]
    public void AddingAModelLeavesTheOthersCached()
    {
        GeneratorRun run = GeneratorRun.Of(Project).ThenWithSource("New.cs", $"[Transformer.Compiled.Transformer({Sizes})] partial class New;");
        Assert.Equal(3, run.Declarations.Length);
        Assert.Single(run.Outputs(TrackingNames.Sources), output => output.Reason == IncrementalStepRunReason.New);
        Assert.Equal(2, run.Outputs(TrackingNames.Sources).Count(output => output.Reason == IncrementalStepRunReason.Cached));
    }

    [Fact]
    public void MovingADeclarationMovesDiagnosticsButKeepsSources()
    {
        GeneratorRun first = GeneratorRun.Of(Project);
        GeneratorRun second = first.ThenWithSource("Model.cs", "// moved\n" + Project.Sources["Model.cs"]);
        AssertCached(second, TrackingNames.Sources);
        Assert.Contains(second.Outputs(TrackingNames.Diagnostics), output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.Equal(first.Diagnostics.Length, second.Diagnostics.Length);
    }

    [Fact]
    public void WhitespaceInTheConfigKeepsSources()
    {
        GeneratorRun run = GeneratorRun.Of(Project).ThenWithFile("config.json", "\n" + Project.AdditionalFiles["config.json"].Replace("  ", "\t"));
        AssertCached(run, TrackingNames.Sources);
        Assert.Contains(run.Outputs(TrackingNames.ConfigFiles), output => output.Reason == IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void ChangingTheConfigChangesOnlyItsModel()
    {
        GeneratorRun run = GeneratorRun.Of(Project).ThenWithFile("config.json", Configs.With("gpt2-tiny", "n_layer", "3"));
        Assert.Single(run.Outputs(TrackingNames.Declarations), output => output.Reason == IncrementalStepRunReason.Modified);
        Assert.Single(run.Outputs(TrackingNames.Declarations), output => output.Reason == IncrementalStepRunReason.Unchanged);
        Assert.Single(run.Outputs(TrackingNames.Sources), output => output.Reason == IncrementalStepRunReason.Cached);
    }

    [Fact]
    public void EqualDeclarationsAreEqualModels()
    {
        GeneratorRun first = GeneratorRun.Of(Project);
        GeneratorRun second = GeneratorRun.Of(Project);
        Assert.All(_steps.Except([TrackingNames.ConfigFiles]), step =>
            Assert.Equal(first.Outputs(step).Select(output => output.Value), second.Outputs(step).Select(output => output.Value)));
        Assert.Equal(first.Declarations.Select(model => model.GetHashCode()), second.Declarations.Select(model => model.GetHashCode()));
    }

    [Fact]
    public void AttributesAndConfigsThatSayTheSameAreEqualSpecs()
    {
        GeneratorInput input = GeneratorInput.Of("""
            [Transformer("config.json")] partial class ByConfig;
            [Transformer(VocabularySize = 96, ContextLength = 32, DModel = 32, Heads = 4, Layers = 2)] partial class ByValues;
            """).WithFile("config.json", Configs.Fixture("gpt2-tiny"));
        var models = GeneratorRun.Of(input).Declarations;
        Assert.Equal(models[0].Spec with { Checkpoint = models[1].Spec.Checkpoint }, models[1].Spec);
    }

    [Fact]
    public void DifferentDeclarationsAreDifferentModels()
        => Assert.NotEqual(
            Assert.Single(GeneratorRun.Of($"[Transformer({Sizes})] partial class Model;").Declarations),
            Assert.Single(GeneratorRun.Of($"[Transformer({Sizes}, Gated = true)] partial class Model;").Declarations));

    [Fact]
    public void NoStepHoldsOnToTheCompilation()
    {
        GeneratorRun run = GeneratorRun.Of(Project);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (string step in _steps)
        {
            foreach ((object value, _) in run.Outputs(step)) Walk(value, step, seen);
        }

        Assert.InRange(seen.Count, 50, int.MaxValue);
    }

    private static void Walk(object? node, string path, HashSet<object> seen)
    {
        if (node is null || node is string || node.GetType().IsPrimitive || node.GetType().IsEnum || !seen.Add(node)) return;
        bool isForbidden = node is ISymbol or SyntaxNode or SyntaxToken or SyntaxTree or Location or Compilation or SemanticModel or AttributeData;
        Assert.False(isForbidden, $"{path} holds a {node.GetType()}");
        if (node is IEnumerable items)
        {
            foreach (object? item in items) Walk(item, path + "[]", seen);
        }

        if (node is DiagnosticDescriptor) return;
        for (Type? type = node.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                Walk(field.GetValue(node), $"{path}.{field.Name}", seen);
        }
    }

    private static void AssertAllCached(GeneratorRun run) => Assert.All(_steps, step => AssertCached(run, step));

    private static void AssertCached(GeneratorRun run, string step)
    {
        ImmutableArray<(object Value, IncrementalStepRunReason Reason)> outputs = run.Outputs(step);
        Assert.NotEmpty(outputs);
        Assert.All(outputs, output => Assert.True(
            output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step} is {output.Reason}"));
    }
}

using Generator.Tests.Harness;
using Microsoft.CodeAnalysis.CSharp;

namespace Generator.Tests.Emission;

/// <summary>Emitted code compiles without a word wherever a user puts the class, at the highest warning level, nullable and without unsafe code.</summary>
public sealed class WarningFreeTests
{
    private const string Attributes =
        """
        [global::Transformer.Compiled.Transformer(VocabularySize = 65, ContextLength = 16, DModel = 12, Heads = 2, Layers = 2, ResidualDropout = 0.1,
            Position = global::Transformer.Compiled.PositionKind.Rotary),
         global::Transformer.Compiled.Training(BatchSize = 2, SequenceLength = 8)]
        """;

    [Fact]
    public void AllPairsOfChoices()
    {
        IEnumerable<string> classes = SpecCombinations.Attributes.Select((attributes, i) => $"/// <summary>.</summary>\n{attributes} public partial class Model{i};");
        EmittedCode.Of("namespace Models;\n" + string.Join("\n", classes)).AssertFlawless();
    }

    [Theory]
    [InlineData("Documented and public", "/// <summary>A model.</summary>\n{0} public sealed partial class Model;")]
    [InlineData("Global namespace", "{0} partial class Model;")]
    [InlineData("Nested", "namespace A.B; partial class Outer {{ partial record struct Inner {{ partial interface IDeep {{ {0} internal partial class Model; }} }} }}")]
    [InlineData("Keywords", "namespace @namespace.@class; partial class @void {{ {0} internal partial class @int; }}")]
    [InlineData("Inherits", "class Base {{ public int Team => 1; protected string Kernel() => Memory; private protected const string Memory = \"\"; }} {0} partial class Model : Base;")]
    [InlineData("Sibling members", "{0} partial class Model {{ int Kernel => 1; string Memory() => \"\"; class Linear; enum Threading {{ }} int team => 1; int rows => 2; int logits => 3; int row => 4; int Training => 5; }}")]
    [InlineData("Hostile namespace", """
        namespace Mine.Transformer.Compiled
        {{
            class Kernel; class Kernels; class Memory; class Transformer; class Linear; class System; class Checkpoint; class Checkpoints; class Generation;
            class Threading; class Training; class Weights; class Session; class Trainer; class Pointer; class ComputeTeam; class Optimizer; class String;
            struct Int32; struct D12; class Layer0;
            {0} partial class Model;
        }}
        """)]
    [InlineData("Hostile global namespace", """
        class Kernel; class Memory; class Linear; class Checkpoint; class Generation; class Threading; class Training;
        namespace Mine {{ {0} partial class Model; }}
        """)]
    [InlineData("Hostile global namespace, model in it", """
        class Kernel; class Memory; class Linear; class Checkpoint; class Generation; class Threading; class Training;
        {0} partial class Model;
        """)]
    [InlineData("System of its own", "namespace Mine {{ namespace System {{ class Int32; }} {0} partial class Model; }}")]
    public void AnywhereInAProject(string place, string source)
    {
        Assert.NotEmpty(place);
        EmittedCode.Of(new GeneratorInput().WithSource("Model.cs", string.Format(null, source, Attributes))).AssertFlawless();
    }

    [Fact]
    public void MoreThan8GigabytesOfEachKind() => EmittedCode.Of("""
        [Transformer(VocabularySize = 128256, ContextLength = 131072, DModel = 8192, Heads = 64, KeyValueHeads = 8, Layers = 48, Gated = true,
            Position = PositionKind.Rotary, TiedHead = false),
         Training(BatchSize = 4, SequenceLength = 8192)]
        partial class Model;
        """).AssertFlawless();

    [Fact]
    public void TheOldestLanguageVersion() => EmittedCode.Of(
        new GeneratorInput { LanguageVersion = LanguageVersion.CSharp12 }.WithSource("Model.cs", Attributes + " partial class Model;")).AssertFlawless();

    [Theory]
    [InlineData("gpt2-tiny")]
    [InlineData("llama-tiny")]
    [InlineData("llama3-rope-tiny")]
    [InlineData("mistral-tiny")]
    [InlineData("qwen2-tiny")]
    public void Configs(string fixture) =>
        EmittedCode.Of(Harness.Configs.Model(Harness.Configs.Fixture(fixture), "[Transformer(\"config.json\"), Training(BatchSize = 2, SequenceLength = 8)]")).AssertFlawless();

    [Theory]
    [InlineData("Kernels")]
    [InlineData("VocabularySize")]
    [InlineData("ContextLength")]
    [InlineData("DModel")]
    [InlineData("Layers")]
    [InlineData("ParameterCount")]
    public void TakenNamesGetADiagnostic(string name) =>
        Assert.Contains(GeneratorRun.Of($"{Attributes} partial class Model {{ int {name}; }}").Diagnostics, d => d.GetMessage(null).Contains(name, StringComparison.Ordinal));
}

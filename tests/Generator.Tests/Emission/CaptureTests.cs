using Generator.Tests.Harness;
using Generator.Tests.Models;

namespace Generator.Tests.Emission;

/// <summary>What [CaptureAttention] adds, and that nothing of it exists without.</summary>
public sealed class CaptureTests
{
    private const string Text = "[Transformer(VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 2, Layers = 2), Training(BatchSize = 2)]";
    private const string Reader = "[Transformer(Architecture = Architecture.EncoderOnly, VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 2, Layers = 2)]";
    private const string Pair = "[Transformer(Architecture = Architecture.EncoderDecoder, VocabularySize = 11, ContextLength = 8, DModel = 6, Heads = 2, Layers = 2), Inference(Batch = 3)]";

    [Fact]
    public void EmittedCodeIsFlawless()
    {
        IEnumerable<string> attributes = [.. TinyEncoders.Names.Select(TinyEncoders.Attributes), .. SpecCombinations.Attributes.Where((_, i) => i % 7 == 0)];
        IEnumerable<string> classes = attributes.Select((attribute, i) => $"/// <summary>.</summary>\n{attribute} [CaptureAttention] public partial class Model{i};");
        EmittedCode.Of("namespace Models;\n" + string.Join("\n", classes)).AssertFlawless();
    }

    [Theory]
    [InlineData(Text, "AttentionSession")]
    [InlineData(Reader, "AttentionEncoder")]
    [InlineData(Pair, "AttentionSession")]
    public void WithoutTheAttributeNoSuchCodeExists(string attributes, string added)
    {
        GeneratorRun plain = GeneratorRun.Of(attributes + " partial class Model;"), seeing = GeneratorRun.Of(attributes + " [CaptureAttention] partial class Model;");
        foreach (string code in plain.Files.Values)
        {
            foreach (string word in (string[])["AttentionSession", "AttentionEncoder", "AttentionWeights", "AttentionOutput", "Captured"])
                Assert.DoesNotContain(word, code, StringComparison.Ordinal);
        }
        Assert.Equal([$"Model.{added}.g.cs"], seeing.Files.Keys.Except(plain.Files.Keys));
        Assert.Contains("Kernels.", seeing.Files[$"Model.{added}.g.cs"], StringComparison.Ordinal);
        foreach (string name in plain.Files.Keys.Where(name => name is not ("Model.Kernels.g.cs" or "Model.g.cs")))
            Assert.Equal(WithoutHeader(plain.Files[name]), WithoutHeader(seeing.Files[name]));
    }

    [Theory]
    [InlineData(Text, "attention_weights.1[1,2,8] = weights(", "AttentionOutput(1)")]
    [InlineData(Reader, "attention_weights.1[1,2,8,8] = weights(", "AttentionOutput(1)")]
    [InlineData(Pair, "source_attention_weights.1[1,2,8,8] = weights(", "SourceAttentionOutput(1)")]
    [InlineData(Pair, "cross_attention_weights.0[3,2,8] = weights(", "CrossAttentionOutput(0)")]
    public void EveryLayerLeavesItsWeights(string attributes, string formula, string output)
    {
        GeneratorRun run = GeneratorRun.Of(attributes + " [CaptureAttention] partial class Model;");
        string code = run.Files.Single(file => file.Key.StartsWith("Model.Attention", StringComparison.Ordinal)).Value;
        Assert.Contains(formula, code, StringComparison.Ordinal);
        Assert.Contains(output, code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AttentionSession")]
    [InlineData("AttentionEncoder")]
    public void NamesAreTakenOnlyWithTheAttribute(string name)
    {
        Assert.Empty(GeneratorRun.Of($"{Text} partial class Model {{ class {name}; }}").Diagnostics);
        Assert.Equal("TC0005", Assert.Single(GeneratorRun.Of($"{Text} [CaptureAttention] partial class Model {{ class {name}; }}").Diagnostics).Id);
    }

    private static string WithoutHeader(string code) => code[code.IndexOf("#nullable", StringComparison.Ordinal)..];
}

using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Architectures;

public sealed class CheckpointNamesTests
{
    [Fact]
    public void Gpt2StacksTransposedQueriesKeysAndValues()
    {
        IReadOnlyList<CheckpointEntry> entries = Entries("gpt2-tiny");
        CheckpointEntry attention = Entry(entries, "transformer.h.1.attn.c_attn.weight");
        int width = attention.Parameters[0].Columns;
        Assert.True(attention.IsTransposed);
        Assert.Equal([width, 3 * width], attention.Shape);
        Assert.Equal(["query", "key", "value"], attention.Parameters.Select(p => p.Name.Split('.')[3]));
        Assert.Equal([3 * width], Entry(entries, "transformer.h.1.attn.c_attn.bias").Shape);
        Assert.False(Entry(entries, "transformer.h.1.attn.c_attn.bias").IsTransposed);
        Assert.Equal([4 * width, width], Entry(entries, "transformer.h.0.mlp.c_proj.weight").Shape);
        Assert.False(Entry(entries, "transformer.wte.weight").IsTransposed);
        Assert.DoesNotContain(entries, entry => entry.Name.StartsWith("lm_head", StringComparison.Ordinal));
    }

    [Fact]
    public void LlamaKeepsItsMatricesAsTheyAre()
    {
        IReadOnlyList<CheckpointEntry> entries = Entries("llama-tiny");
        Assert.All(entries, entry => Assert.False(entry.IsTransposed));
        Assert.All(entries, entry => Assert.Single(entry.Parameters));
        foreach (string name in (string[])["self_attn.q_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.down_proj", "input_layernorm", "post_attention_layernorm"])
            Entry(entries, $"model.layers.0.{name}.weight");
        Entry(entries, "model.norm.weight");
        Entry(entries, "model.embed_tokens.weight");
    }

    [Theory]
    [InlineData("gpt2-tiny")]
    [InlineData("llama-tiny")]
    [InlineData("qwen2-tiny")]
    public void EveryParameterIsInOneTensor(string fixture)
    {
        ModelDeclaration declaration = Declaration(fixture);
        var model = ModelBuilder.Build(declaration);
        IEnumerable<string> stored = CheckpointNames.Of(declaration.Spec, model).SelectMany(entry => entry.Parameters).Select(p => p.Name);
        Assert.Equal(model.Parameters.Select(p => p.Name).Order(), stored.Order());
    }

    [Fact]
    public void ATiedHeadMayAppearUnderItsOwnName()
    {
        Assert.Equal("lm_head.weight", CheckpointNames.ConventionsOf(Declaration("gpt2-tiny").Spec).TiedHead);
        Assert.Equal("transformer.", CheckpointNames.ConventionsOf(Declaration("gpt2-tiny").Spec).OptionalPrefix);
    }

    private static CheckpointEntry Entry(IReadOnlyList<CheckpointEntry> entries, string name) => Assert.Single(entries, entry => entry.Name == name);

    private static IReadOnlyList<CheckpointEntry> Entries(string fixture) => CheckpointNames.Of(Declaration(fixture).Spec, ModelBuilder.Build(Declaration(fixture)));

    private static ModelDeclaration Declaration(string fixture) => GeneratorRun.Of(Configs.Model(Configs.Fixture(fixture))).Declarations.Single();
}

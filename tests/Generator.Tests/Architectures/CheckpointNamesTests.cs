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
    [InlineData("gpt-neox-tiny", "gpt_neox.layers.1.attention.query_key_value")]
    [InlineData("bloom-tiny", "transformer.h.1.self_attention.query_key_value")]
    public void FusedQueriesKeysAndValuesTakeTurnsHeadByHead(string fixture, string module)
    {
        CheckpointEntry weight = Entry(Entries(fixture), module + ".weight"), bias = Entry(Entries(fixture), module + ".bias");
        Assert.Equal([96, 32], weight.Shape);
        Assert.Equal([96], bias.Shape);
        Assert.Equal((4, 4), (weight.Parts, bias.Parts));
        Assert.Equal(["query", "key", "value"], weight.Parameters.Select(p => p.Name.Split('.')[3]));
    }

    [Fact]
    public void EveryParameterOfEveryFixtureIsInOneTensor()
    {
        foreach (string fixture in Configs.Fixtures)
        {
            ModelDeclaration declaration = Declaration(fixture);
            var model = ModelBuilder.Build(declaration);
            IEnumerable<string> stored = CheckpointNames.Of(declaration.Spec, model).SelectMany(entry => entry.Parameters).Select(p => p.Name);
            Assert.Equal(model.Parameters.Select(p => p.Name).Order(), stored.Order());
        }
    }

    [Fact]
    public void ATiedHeadMayAppearUnderItsOwnName()
    {
        Assert.Equal([("lm_head.weight", "transformer.wte.weight")], Conventions("gpt2-tiny").Aliases);
        Assert.Equal("transformer.", Conventions("gpt2-tiny").OptionalPrefix);
        Assert.Empty(Conventions("llama-tiny").Aliases);
    }

    private static CheckpointConventions Conventions(string fixture) =>
        CheckpointNames.ConventionsOf(Declaration(fixture).Spec, ModelBuilder.Build(Declaration(fixture)));

    private static CheckpointEntry Entry(IReadOnlyList<CheckpointEntry> entries, string name) => Assert.Single(entries, entry => entry.Name == name);

    private static IReadOnlyList<CheckpointEntry> Entries(string fixture) => CheckpointNames.Of(Declaration(fixture).Spec, ModelBuilder.Build(Declaration(fixture)));

    private static ModelDeclaration Declaration(string fixture) => GeneratorRun.Of(Configs.Model(Configs.Fixture(fixture))).Declarations.Single();
}

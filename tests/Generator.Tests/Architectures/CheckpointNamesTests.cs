using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using SafetensorsFile = Transformer.Compiled.Checkpoints.SafetensorsFile;

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
    public void NamesAndShapesAreThoseOfEveryFixturesFile()
    {
        foreach (string fixture in Configs.Fixtures)
        {
            using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture, "model.safetensors"));
            IEnumerable<string> stored = file.Tensors.Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape.ToArray())}]");
            Assert.Equal(stored.Order(StringComparer.Ordinal), Entries(fixture).Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void EveryParameterOfEveryFixtureIsInOneTensor()
    {
        foreach (string fixture in Configs.Fixtures)
        {
            ModelDeclaration declaration = Declaration(Configs.Fixture(fixture), "");
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
        Assert.Equal([("embed_out.weight", "gpt_neox.embed_in.weight")], Conventions(Configs.With("gpt-neox-tiny", "tie_word_embeddings", "true"), "").Aliases);
    }

    [Fact]
    public void SharedEmbeddingsHaveTheNamesOfEachStack()
    {
        (string, string)[] stacks = [("encoder.embed_tokens.weight", "shared.weight"), ("decoder.embed_tokens.weight", "shared.weight")];
        Assert.Equal([("lm_head.weight", "shared.weight"), .. stacks], Conventions("t5-tiny").Aliases);
        Assert.Equal(stacks, Conventions("t5-gated-tiny").Aliases);
        Assert.Contains(("encoder.embed_tokens.weight", "model.shared.weight"), Conventions("bart-tiny").Aliases);
        Assert.DoesNotContain(Conventions(Configs.With("marian-tiny", "share_encoder_decoder_embeddings", "false"), "").Aliases, alias => alias.Alias.Contains("embed_tokens"));
    }

    [Fact]
    public void BertsFilesMayHaveOldNames()
    {
        IReadOnlyList<(string, string)> aliases = Conventions("bert-tiny-mlm").Aliases;
        Assert.Contains(("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"), aliases);
        Assert.Contains(("cls.predictions.decoder.bias", "cls.predictions.bias"), aliases);
        Assert.Contains(("bert.embeddings.LayerNorm.gamma", "bert.embeddings.LayerNorm.weight"), aliases);
        Assert.Contains(("cls.predictions.transform.LayerNorm.beta", "cls.predictions.transform.LayerNorm.bias"), aliases);
    }

    [Fact]
    public void WhatTheModelHasIsNotPassedOver()
    {
        Assert.Contains("*pooler.*", Conventions("bert-tiny-mlm").Ignored);
        Assert.DoesNotContain("*pooler.*", Conventions("bert-tiny-classifier").Ignored);
        Assert.Contains("*.embed_positions.weight", Conventions("marian-tiny").Ignored);
        Assert.DoesNotContain("*.embed_positions.weight", Conventions("bart-tiny").Ignored);
    }

    [Fact]
    public void ABodyIsSavedWithoutThePrefix()
    {
        string config = Configs.With("bert-tiny-mlm", "architectures", "[\"BertModel\"]");
        string[] names = [.. Entries(config, "").Select(entry => entry.Name)];
        Assert.Contains("embeddings.word_embeddings.weight", names);
        Assert.Contains("pooler.dense.bias", names);
        Assert.Equal("bert.", Conventions(config, "").OptionalPrefix);
    }

    [Fact]
    public void TheHeadOfAnotherTaskHasItsNames()
    {
        const string Classifier = ", Head = HeadKind.SequenceClassification, Labels = 4";
        Assert.Contains(Entries(Configs.Fixture("roberta-tiny"), Classifier), entry => entry.Name == "classifier.out_proj.weight");
        Assert.Contains(Entries(Configs.Fixture("roberta-tiny"), Classifier), entry => entry.Name == "classifier.dense.bias");
        Assert.Contains(Entries(Configs.Fixture("distilbert-tiny"), Classifier), entry => entry.Name == "pre_classifier.weight");
        Assert.Contains(Entries(Configs.Fixture("bert-tiny-mlm"), Classifier), entry => entry.Name == "bert.pooler.dense.weight");
        Assert.Contains(Entries(Configs.Fixture("bert-tiny-mlm"), ", Head = HeadKind.SpanExtraction"), entry => entry.Name == "qa_outputs.weight");
    }

    private static CheckpointConventions Conventions(string fixture) => Conventions(Configs.Fixture(fixture), "");

    private static CheckpointConventions Conventions(string config, string values) =>
        CheckpointNames.ConventionsOf(Declaration(config, values).Spec, ModelBuilder.Build(Declaration(config, values)));

    private static CheckpointEntry Entry(IReadOnlyList<CheckpointEntry> entries, string name) => Assert.Single(entries, entry => entry.Name == name);

    private static IReadOnlyList<CheckpointEntry> Entries(string fixture) => Entries(Configs.Fixture(fixture), "");

    private static IReadOnlyList<CheckpointEntry> Entries(string config, string values) => ModelBuilder.Checkpoint(Declaration(config, values));

    private static ModelDeclaration Declaration(string config, string values) =>
        GeneratorRun.Of(Configs.Model(config, $"[Transformer(\"config.json\"{values})]")).Declarations.Single();
}

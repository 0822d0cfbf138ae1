using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;

namespace Models.Tests;

/// <summary>Checkpoints as people find them: names of old versions, other prefixes, tied tensors twice, heads of other tasks.</summary>
public sealed partial class CheckpointVariantTests
{
    [Fact]
    public void AnOldBertWithItsWholePreTraining() => LoadsTheSame(
        "bert-tiny-mlm",
        EncoderFixtures.BertMlm.Weights.Load,
        name => name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"),
        ("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"),
        ("cls.predictions.decoder.bias", "cls.predictions.bias"),
        ("bert.embeddings.position_ids", "cls.predictions.bias"),
        ("bert.pooler.dense.bias", "cls.predictions.transform.dense.bias"),
        ("cls.seq_relationship.bias", "cls.predictions.bias"));

    [Fact]
    public void ARobertaWithoutPrefix() => LoadsTheSame(
        "roberta-tiny", EncoderFixtures.Roberta.Weights.Load, WithoutPrefix("roberta."), ("lm_head.decoder.weight", "roberta.embeddings.word_embeddings.weight"));

    [Fact]
    public void AMarianThatNamesItsEmbeddingsOfEachStackAndItsSinusoids() => LoadsTheSame(
        "marian-tiny",
        EncoderFixtures.Marian.Weights.Load,
        WithoutPrefix("model."),
        ("encoder.embed_tokens.weight", "model.shared.weight"),
        ("model.decoder.embed_tokens.weight", "model.shared.weight"),
        ("lm_head.weight", "model.shared.weight"),
        ("model.encoder.embed_positions.weight", "final_logits_bias"));

    [Fact]
    public void AT5WithoutItsSharedName() => LoadsTheSame(
        "t5-tiny",
        EncoderFixtures.T5.Weights.Load,
        name => name == "shared.weight" ? "encoder.embed_tokens.weight" : name,
        ("lm_head.weight", "shared.weight"),
        ("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", "encoder.final_layer_norm.weight"));

    [Fact]
    public void APythiaWithItsBuffers() => LoadsTheSame(
        "gpt-neox-tiny",
        FixtureModels.GptNeoxTiny.Weights.Load,
        name => name,
        ("gpt_neox.layers.0.attention.bias", "gpt_neox.final_layer_norm.bias"),
        ("gpt_neox.layers.0.attention.masked_bias", "gpt_neox.final_layer_norm.bias"),
        ("gpt_neox.layers.1.attention.rotary_emb.inv_freq", "gpt_neox.final_layer_norm.bias"));

    [Fact]
    public void ABodyTakesAnotherHead()
    {
        using var fixture = new Fixture("bert-tiny-mlm");
        using ModelWeights weights = Topics.Weights.LoadPretrained(fixture.ModelPath, seed: 3);
        Assert.Equal(Read(fixture.ModelPath)["bert.encoder.layer.1.output.dense.weight"].Values, Export(weights, "bert.encoder.layer.1.output.dense.weight"));
        Assert.Contains("classifier.weight", weights.Names);
        Assert.Contains(Export(weights, "classifier.weight"), value => value != 0);
        Assert.Contains(Export(weights, "bert.pooler.dense.weight"), value => value != 0);
        Assert.Throws<CheckpointException>(() => Topics.Weights.Load(fixture.ModelPath));
    }

    [Fact]
    public void ABodyForSentencesIsSavedAsOne()
    {
        using var fixture = new Fixture("bert-tiny-classifier");
        using ModelWeights weights = Sentences.Weights.LoadPretrained(fixture.ModelPath, seed: 3);
        Assert.Contains("embeddings.word_embeddings.weight", weights.Names);
        Assert.DoesNotContain(weights.Names, name => name.Contains("pooler") || name.Contains("classifier"));
        Assert.Equal(Read(fixture.ModelPath)["bert.embeddings.LayerNorm.weight"].Values, Export(weights, "embeddings.LayerNorm.weight"));
    }

    private static Func<string, string> WithoutPrefix(string prefix) => name => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;

    /// <summary>Loads a fixture's checkpoint under other names, with further tensors that are copies of its own, and finds the same parameters.</summary>
    private static void LoadsTheSame(string name, Func<string, ModelWeights> load, Func<string, string> rename, params (string Name, string CopyOf)[] more)
    {
        using var fixture = new Fixture(name);
        Dictionary<string, (long[] Shape, float[] Values)> tensors = Read(fixture.ModelPath);
        string path = Path.Combine(Path.GetTempPath(), $"{name}-{Guid.NewGuid():N}.safetensors");
        try
        {
            SafetensorsWriter.Write(
                path,
                [.. tensors.Select(tensor => Entry(rename(tensor.Key), tensor.Value)), .. more.Select(copy => Entry(copy.Name, tensors[copy.CopyOf]))],
                SafetensorsWriter.PyTorchMetadata);
            using ModelWeights weights = load(path);
            Assert.Equal(tensors.Keys.Order(), weights.Names.Order());
            foreach ((string tensor, (long[] _, float[] values)) in tensors) Assert.Equal(values, Export(weights, tensor));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static SafetensorsEntry Entry(string name, (long[] Shape, float[] Values) tensor) =>
        SafetensorsEntry.Float32(name, tensor.Shape, (first, destination) => tensor.Values.AsSpan((int)first, destination.Length).CopyTo(destination));

    private static Dictionary<string, (long[] Shape, float[] Values)> Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Names.ToDictionary(name => name, name =>
        {
            var values = new float[file.Tensor(name).Count];
            file.ReadFloat32(name, values);
            return (file.Tensor(name).Shape.ToArray(), values);
        });
    }

    private static float[] Export(ModelWeights weights, string name)
    {
        var values = new float[weights.Layout.Tensor(name).Count];
        weights.Export(name, values);
        return values;
    }

    [Transformer("../Fixtures/bert-tiny-mlm/config.json", Head = HeadKind.SequenceClassification, Labels = 4)]
    private sealed partial class Topics;

    [Transformer("../Fixtures/bert-tiny-classifier/config.json", Head = HeadKind.None, Pooling = PoolingKind.Mean, NormalizePooled = true)]
    private sealed partial class Sentences;
}

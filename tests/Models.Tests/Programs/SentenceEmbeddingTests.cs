using System.Numerics.Tensors;
using Transformer.Compiled.Models.Sentences;

namespace Models.Tests.Programs;

public sealed class SentenceEmbeddingTests : IDisposable
{
    private readonly SentenceModel.Weights _weights = SentenceModel.Weights.Initialize(seed: 3);
    private readonly ModelFolder _folder;

    public SentenceEmbeddingTests() => _folder = new ModelFolder("sentence-embedding", _weights);

    public void Dispose()
    {
        _weights.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void AnEmbeddingIsTheMeanOfTheStatesOfLengthOne()
    {
        using var embedder = new SentenceEmbedder(_folder.Path);
        using var encoder = new SentenceModel.Encoder(_weights);
        int[] tokens = _folder.Tokenizer.Encode("Where is the tower?");
        encoder.Encode(tokens);
        var mean = new float[SentenceModel.DModel];
        for (int token = 0; token < tokens.Length; token++)
            TensorPrimitives.Add(mean, encoder.HiddenStates.Slice(token * mean.Length, mean.Length), mean);
        TensorPrimitives.Divide(mean, TensorPrimitives.Norm<float>(mean), mean);

        float[] embedding = embedder.Embed("Where is the tower?");
        Assert.Equal(mean.Length, embedding.Length);
        for (int index = 0; index < mean.Length; index++) Assert.Equal(mean[index], embedding[index], 1e-5f);
        Assert.Equal(embedding.Length, EmbeddingOutput.Embedding(embedder, "Where is the tower?").Split(' ').Length);
    }

    [Fact]
    public void TheSameSentenceIsTheLikest()
    {
        using var embedder = new SentenceEmbedder(_folder.Path);
        string[] lines = [.. EmbeddingOutput.Ranking(embedder, "a good film", ["who wrote the book?", "A GOOD film", "London"])];
        Assert.Equal(3, lines.Length);
        Assert.Equal("1.0000  A GOOD film", lines[0]);
    }

    [Fact]
    public void WhatIsTooLongIsCut()
    {
        using var embedder = new SentenceEmbedder(_folder.Path);
        string words = string.Join(' ', Enumerable.Repeat("the tower is in London.", 9));
        Assert.Equal(embedder.Embed(words), embedder.Embed(words + " where?"));
    }
}

using System.Numerics.Tensors;
using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Entities;

namespace Models.Tests.Programs;

public sealed class EntityTaggerTests : IDisposable
{
    private const string Text = "Marie Curie lives in Paris, the\ntower is in London.";
    private readonly TaggerModel.Weights _weights = TaggerModel.Weights.Initialize(seed: 3);

    public void Dispose() => _weights.Dispose();

    [Fact]
    public void WordsHaveTheTagOfTheirFirstPiece()
    {
        using var folder = new ModelFolder("entity-tagger", _weights);
        using var finder = new EntityFinder(folder.Path);
        using var encoder = new TaggerModel.Encoder(_weights);
        TextWords words = TextWords.Of(Text);
        encoder.Encode(folder.Tokenizer.Encode(Text));
        List<string> tags = [];
        int token = 1;
        foreach (int[] pieces in words.Pieces(folder.Tokenizer))
        {
            tags.Add(HubConfig.Load(folder.Path).Labels()[TensorPrimitives.IndexOfMax(encoder.Logits.Slice(token * 5, 5))]);
            token += pieces.Length;
        }

        Assert.Equal(Entity.FromTags(tags).Select(entity => (entity.Type, words.Between(entity.First, entity.End - 1))), finder.Find(Text));
    }

    [Fact]
    public void ATextLongerThanTheModelReadsIsTaggedToItsEnd()
    {
        _weights.Import("classifier.bias", [0, 0, 0, 100, 0]);
        using var folder = new ModelFolder("entity-tagger", _weights);
        using var finder = new EntityFinder(folder.Path);
        string text = string.Join('\n', Enumerable.Repeat(Text, 5));
        IReadOnlyList<(string Type, string Text)> found = finder.Find(text);
        Assert.Equal(TextWords.Of(text).Places.Select(place => text[place.Start..place.End]), found.Select(entity => entity.Text));
        Assert.All(found, entity => Assert.Equal("LOC", entity.Type));
    }

    [Fact]
    public void ATextWithoutWordsHasNoEntities()
    {
        using var folder = new ModelFolder("entity-tagger", _weights);
        using var finder = new EntityFinder(folder.Path);
        Assert.Empty(finder.Find(" \n"));
    }
}

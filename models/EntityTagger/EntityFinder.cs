using System.Numerics.Tensors;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models.Entities;

/// <summary>Finds the named entities of texts.</summary>
internal sealed class EntityFinder : IDisposable
{
    private readonly TemplateTokenizer _tokenizer;
    private readonly LabelSet _labels;
    private readonly TaggerModel.Weights _weights;
    private readonly TaggerModel.Encoder _encoder;

    /// <param name="folder">Weights, tokenizer and config of the model that the program was compiled for.</param>
    public EntityFinder(string folder)
    {
        _tokenizer = ModelTokenizer.Load(folder);
        _labels = HubConfig.Load(folder).Labels();
        _weights = TaggerModel.Weights.Load(folder);
        _encoder = new TaggerModel.Encoder(_weights);
    }

    /// <summary>The entities with their text, as it was written. Texts longer than the model reads are tagged part by part.</summary>
    public IReadOnlyList<(string Type, string Text)> Find(string text)
    {
        TextWords words = TextWords.Of(text);
        return [.. Entity.FromTags(Tags(words)).Select(entity => (entity.Type, words.Between(entity.First, entity.End - 1)))];
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _weights.Dispose();
    }

    /// <summary>The tag of each word: that of its first piece.</summary>
    private List<string> Tags(TextWords words)
    {
        int[] around = _tokenizer.Encode("");
        int before = _tokenizer.Encode("a").AsSpan().CommonPrefixLength(around);
        int room = _encoder.SequenceLength - around.Length;
        List<string> tags = [];
        List<int> tokens = [];
        List<int> firstPieces = [];
        foreach (int[] pieces in words.Pieces(_tokenizer))
        {
            int[] kept = pieces[..Math.Min(pieces.Length, room)];
            if (tokens.Count + kept.Length > room) Tag();
            firstPieces.Add(kept.Length > 0 ? tokens.Count : -1);
            tokens.AddRange(kept);
        }

        Tag();
        return tags;

        void Tag()
        {
            if (tokens.Count > 0) _encoder.Encode([.. around[..before], .. tokens, .. around[before..]]);
            foreach (int piece in firstPieces) tags.Add(piece < 0 ? Entity.Outside : TagOf(before + piece));
            tokens.Clear();
            firstPieces.Clear();
        }
    }

    private string TagOf(int token) => _labels[TensorPrimitives.IndexOfMax(_encoder.Logits.Slice(token * _labels.Count, _labels.Count))];
}

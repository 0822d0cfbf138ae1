using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models.Sentences;

/// <summary>Embeds sentences.</summary>
internal sealed class SentenceEmbedder : IDisposable
{
    private readonly TemplateTokenizer _tokenizer;
    private readonly SentenceModel.Weights _weights;
    private readonly SentenceModel.Encoder _encoder;

    /// <param name="folder">Weights and tokenizer of the model that the program was compiled for.</param>
    public SentenceEmbedder(string folder)
    {
        _tokenizer = ModelTokenizer.Load(folder);
        _weights = SentenceModel.Weights.LoadPretrained(folder, seed: 0);  // without a head of its own, nothing is drawn, and other heads are passed over
        _encoder = new SentenceModel.Encoder(_weights);
    }

    /// <summary>The embedding, [DModel], of Euclidean length 1; tokens for which the model has no room are cut off.</summary>
    public float[] Embed(string sentence)
    {
        _encoder.Encode(_tokenizer.EncodeWithin(sentence, _encoder.SequenceLength));
        return _encoder.Pooled.ToArray();
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _weights.Dispose();
    }
}

using System.Numerics.Tensors;
using Transformer.Compiled.Metrics;
using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models.Classification;

/// <summary>Classifies texts.</summary>
internal sealed class TextLabeler(ClassifierModel.Weights weights, TemplateTokenizer tokenizer, LabelSet labels) : IDisposable
{
    private readonly ClassifierModel.Encoder _encoder = new(weights);

    /// <summary>The labels with their probabilities, the likeliest first.</summary>
    public IReadOnlyList<(string Label, float Probability)> Classify(string text)
    {
        var probabilities = new float[labels.Count];
        TensorPrimitives.SoftMax(Logits(text), probabilities);
        return [.. probabilities.Select((probability, number) => (labels[number], probability)).OrderByDescending(pair => pair.probability)];
    }

    /// <summary>How often each label was taken for each other.</summary>
    public ConfusionMatrix Confusion(IEnumerable<LabelledText> texts)
    {
        var matrix = new ConfusionMatrix(labels.Count);
        foreach (LabelledText text in texts) matrix.Add(TensorPrimitives.IndexOfMax(Logits(text.Text)), text.Label);
        return matrix;
    }

    public void Dispose() => _encoder.Dispose();

    /// <summary>Those of labels that there are; the model may have been built for more.</summary>
    private ReadOnlySpan<float> Logits(string text)
    {
        _encoder.Encode(tokenizer.EncodeWithin(text, _encoder.SequenceLength));
        return _encoder.Logits[..labels.Count];
    }
}

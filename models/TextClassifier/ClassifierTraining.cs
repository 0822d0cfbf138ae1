using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Classification;

/// <summary>How a pretrained model is fine-tuned.</summary>
internal static class ClassifierTraining
{
    /// <summary>Texts of a batch.</summary>
    public const int BatchSize = 16;

    /// <summary>AdamW: a tenth of the steps of warm-up, then half a cosine down to 0; norms and biases do not decay.</summary>
    public static AdamW Optimizer(double rate, long steps) => new()
    {
        LearningRate = new WarmupCosine(rate, 0, steps / 10, steps),
        WeightDecay = 0.01,
        NoDecay = ParameterKinds.Norm | ParameterKinds.Bias,
        ClipNorm = 1,
    };

    /// <summary>All texts in each epoch, in an order of its own; tokens for which the model has no room are cut off.</summary>
    public static ExampleBatches<LabelledTokens> Batches(TemplateTokenizer tokenizer, IReadOnlyList<LabelledText> texts, ulong seed)
    {
        LabelledTokens[] examples = [.. texts.Select(text => new LabelledTokens(tokenizer.EncodeWithin(text.Text, ClassifierSizes.Tokens), text.Label))];
        return new ExampleBatches<LabelledTokens>(examples, BatchSize, seed, (batch, row, example, _) =>
        {
            batch.SetTokens(row, example.Tokens, tokenizer.PaddingToken ?? 0);
            batch.SetTargets(row, [example.Label]);
        });
    }
}

/// <summary>The tokens of a text and the number of its label.</summary>
internal readonly record struct LabelledTokens(int[] Tokens, int Label);

using System.Globalization;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Generator.Tests.Diagnostics;

/// <summary>What is said of declarations that are easily written wrong: one thing, and the one that is wrong.</summary>
public sealed class DeclarationMessageTests
{
    private const string Sizes = "DModel = 16, Heads = 2, Layers = 1", Text = "VocabularySize = 11, ContextLength = 8, " + Sizes;
    private const string Encoder = "Architecture = Architecture.EncoderOnly, ", Pair = "Architecture = Architecture.EncoderDecoder, ";

    [Theory]
    [InlineData($"[Transformer({Encoder}ImageHeight = 8, {Sizes})]", "[Transformer] needs a value for 'PatchSize'")]
    [InlineData($"[Transformer({Encoder}PatchSize = 4, {Sizes})]", "[Transformer] needs a value for 'ImageHeight'")]
    [InlineData($"[Transformer({Encoder}ContextLength = 8, {Sizes})]", "[Transformer] needs a value for 'VocabularySize'")]
    [InlineData($"[Transformer({Encoder}ImageHeight = 9, PatchSize = 4, {Sizes})]", "'PatchSize' is 4; it must be a divisor of 'ImageHeight' = 9")]
    [InlineData($"[Transformer({Encoder}{Text}, Head = HeadKind.TokenClassification)]", "[Transformer] needs a value for 'Labels'")]
    [InlineData($"[Transformer({Encoder}{Text}, Pooler = true)]", "'Pooler' has no effect without a pooling")]
    [InlineData($"[Transformer({Encoder}{Text}, NormalizePooled = true)]", "'NormalizePooled' has no effect without a pooling")]
    [InlineData($"[Transformer({Pair}{Text}), Training(BatchSize = 2, SourceLength = 9)]", "'SourceLength' is 9, more than the model's source length of 8")]
    [InlineData($"[Transformer({Pair}{Text}), Training(BatchSize = 2, SequenceLength = 9)]", "'SequenceLength' is 9, more than the model's context length of 8")]
    [InlineData(
        $"[Transformer({Encoder}{Text}, Head = HeadKind.SequenceClassification, Labels = 1), Training(BatchSize = 2)]",
        "'Loss' is CrossEntropy; it must be BinaryCrossEntropy or MeanSquaredError for a single label")]
    public void SaysWhatIsWrong(string attributes, string message)
    {
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of($"{attributes} partial class Model;").Diagnostics);
        Assert.Equal(message, diagnostic.GetMessage(CultureInfo.InvariantCulture));
    }
}

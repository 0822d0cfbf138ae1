using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Generator.Tests.Diagnostics;

/// <summary>Choices that nothing can build together.</summary>
public sealed class CombinationTests
{
    private const string EncoderOnly = "Architecture = Architecture.EncoderOnly, ", EncoderDecoder = "Architecture = Architecture.EncoderDecoder, ";

    [Theory]
    [InlineData(EncoderOnly + "Head = HeadKind.LanguageModel", "Head")]
    [InlineData("Head = HeadKind.SpanExtraction", "Head")]
    [InlineData("Head = HeadKind.MaskedLanguageModel", "Head")]
    [InlineData("Head = HeadKind.SequenceClassification, Labels = 3", "Head")]
    [InlineData("Head = HeadKind.None", "Head")]
    [InlineData(EncoderDecoder + "Head = HeadKind.TokenClassification, Labels = 3", "Head")]
    [InlineData(EncoderOnly + "Head = HeadKind.SequenceClassification, Labels = 3, Pooling = PoolingKind.None", "Pooling")]
    [InlineData("InputMask = true", "InputMask")]
    [InlineData(EncoderDecoder + "InputMask = true", "InputMask")]
    [InlineData("PairMask = PairMask.Boolean", "PairMask")]
    [InlineData(EncoderDecoder + "PairMask = PairMask.Multiplicative", "PairMask")]
    [InlineData("Causal = false", "Causal")]
    [InlineData("Causal = false, SlidingWindow = 4", "Causal")]
    [InlineData(EncoderDecoder + "Causal = false", "Causal")]
    [InlineData("Residual = ResidualKind.Parallel, NormPlacement = NormPlacement.Post", "Residual")]
    [InlineData(EncoderOnly + "Residual = ResidualKind.ParallelSharedNorm, NormPlacement = NormPlacement.Post", "Residual")]
    [InlineData(EncoderDecoder + "Residual = ResidualKind.Parallel", "Residual")]
    [InlineData("LinearFeedForward = true, Gated = true", "LinearFeedForward")]
    [InlineData("Position = PositionKind.RelativeKeysAndQueries", "Position")]
    [InlineData(EncoderOnly + "PositionEveryLayer = true, PositionCombination = PositionCombination.Concatenated, PositionWidth = 8", "PositionEveryLayer")]
    [InlineData(EncoderDecoder + "SourceVocabularySize = 12, SharedEmbeddings = true", "SharedEmbeddings")]
    [InlineData("PositionCombination = PositionCombination.Concatenated, PositionWidth = 8", "PositionCombination")]
    [InlineData("Position = PositionKind.RelativeBias, RelativeMaxDistance = 16", "RelativeMaxDistance")]
    [InlineData(EncoderDecoder + "Position = PositionKind.RelativeBias, RelativeMaxDistance = 9, RelativeBuckets = 20", "RelativeMaxDistance")]
    public void IsSaidWhereItIsWritten(string values, string name)
    {
        GeneratorRun run = GeneratorRun.Of($"[Transformer(VocabularySize = 11, ContextLength = 8, DModel = 16, Heads = 2, Layers = 2, {values})] partial class Model;");
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal("TC0032", diagnostic.Id);
        Assert.StartsWith($"'{name}' = ", diagnostic.GetMessage());
        Assert.StartsWith(name + " = ", run.TextAt(diagnostic));
    }

    [Fact]
    public void ADecoderThatSeesEverythingIsToldWhatToDo()
    {
        GeneratorRun run = GeneratorRun.Of("[Transformer(VocabularySize = 11, ContextLength = 8, DModel = 16, Heads = 2, Layers = 2, Causal = false)] partial class Model;");
        Assert.Equal(
            "'Causal' = false does not fit a decoder, which predicts the token that it must not see; leave it out, or make the model an encoder",
            Assert.Single(run.Diagnostics).GetMessage());
    }

    [Theory]
    [InlineData("Causal = true")]
    [InlineData(EncoderDecoder + "Causal = true")]
    [InlineData(EncoderOnly + "Causal = false")]
    [InlineData(EncoderOnly + "Causal = true")]
    public void OtherSightFits(string values) => Assert.Empty(
        GeneratorRun.Of($"[Transformer(VocabularySize = 11, ContextLength = 8, DModel = 16, Heads = 2, Layers = 2, {values})] partial class Model;").Diagnostics);

    [Fact]
    public void WithoutAHeadThereIsNothingToTrain()
    {
        GeneratorRun run = GeneratorRun.Of(
            $"[Transformer({EncoderOnly}VocabularySize = 11, ContextLength = 8, DModel = 16, Heads = 2, Layers = 2), Training(BatchSize = 2)] partial class Model;");
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal("TC0032", diagnostic.Id);
        Assert.StartsWith("Training", run.TextAt(diagnostic));
    }

    [Fact]
    public void ImagesHaveNoVocabularyToPredict()
    {
        const string Image = EncoderOnly + "ImageHeight = 8, PatchSize = 4, DModel = 16, Heads = 2, Layers = 2, Head = HeadKind.MaskedLanguageModel";
        Assert.Equal("TC0032", Assert.Single(GeneratorRun.Of($"[Transformer({Image})] partial class Model;").Diagnostics).Id);
    }
}

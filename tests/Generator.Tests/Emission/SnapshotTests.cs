using Generator.Tests.Harness;
using Generator.Tests.Models;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator;
using VerifyXunit;

namespace Generator.Tests.Emission;

/// <summary>Everything that is emitted for a few models. Each is generated twice: the second run must take all of it from the cache.</summary>
public sealed class SnapshotTests
{
    [Theory]
    [InlineData("Model.g")]
    [InlineData("Model.Weights.g")]
    [InlineData("Model.Session.g")]
    [InlineData("Model.Trainer.g")]
    [InlineData("Model.Kernels.g")]
    public Task Gpt2(string file) => Verify("Gpt2", RealModels.Attributes("GPT-2 124M"), file);

    [Theory]
    [InlineData("Model.g")]
    [InlineData("Model.Weights.g")]
    [InlineData("Model.Session.g")]
    [InlineData("Model.Kernels.g")]
    public Task GroupedQueries(string file) => Verify(
        "Grouped",
        """
        [Transformer(VocabularySize = 1000, ContextLength = 128, DModel = 72, Heads = 9, KeyValueHeads = 3, Layers = 2, FeedForwardDim = 192, Gated = true,
            Activation = Activation.Silu, Norm = NormKind.RmsNorm, NormEpsilon = 1e-6, Position = PositionKind.Rotary, RotaryTheta = 500000, Biases = false,
            TiedHead = false), Inference(Batch = 2, PrefillChunk = 32)]
        """,
        file);

    [Theory]
    [InlineData("Model.g")]
    [InlineData("Model.Weights.g")]
    [InlineData("Model.Session.g")]
    [InlineData("Model.Trainer.g")]
    [InlineData("Model.Kernels.g")]
    public Task TrainedCharacters(string file) => Verify(
        "Characters",
        """
        [Transformer(VocabularySize = 65, ContextLength = 64, DModel = 48, Heads = 3, Layers = 2, ResidualDropout = 0.1, AttentionDropout = 0.1),
         Training(BatchSize = 4, SequenceLength = 64, Frozen = ["embedding.positions.*"])]
        """,
        file);

    [Theory]
    [InlineData("Model.CudaSession.g")]
    [InlineData("Model.CudaTrainer.g")]
    public Task OnDevice(string file) => Verify(
        "Device",
        """
        [Transformer(VocabularySize = 65, ContextLength = 64, DModel = 48, Heads = 3, Layers = 2, ResidualDropout = 0.1, Position = PositionKind.Rotary),
         Training(BatchSize = 4, SequenceLength = 64), Cuda]
        """,
        file);

    [Theory]
    [InlineData("Model.g")]
    [InlineData("Model.Weights.g")]
    [InlineData("Model.Encoder.g")]
    [InlineData("Model.Trainer.g")]
    [InlineData("Model.Kernels.g")]
    public Task Encoder(string file) => Verify(
        "Encoder",
        """
        [Transformer(Architecture = Architecture.EncoderOnly, VocabularySize = 1000, ContextLength = 64, DModel = 48, Heads = 4, Layers = 2, TokenTypes = 2,
            NormPlacement = NormPlacement.Post, EmbeddingNorm = true, Activation = Activation.Gelu, Head = HeadKind.SequenceClassification, Labels = 3),
         Inference(Batch = 2, HiddenStates = true), Training(BatchSize = 4, SequenceLength = 32, LabelSmoothing = 0.1)]
        """,
        file);

    [Theory]
    [InlineData("Model.g")]
    [InlineData("Model.Weights.g")]
    [InlineData("Model.Session.g")]
    [InlineData("Model.Trainer.g")]
    [InlineData("Model.Kernels.g")]
    public Task EncoderDecoder(string file) => Verify(
        "EncoderDecoder",
        """
        [Transformer(Architecture = Architecture.EncoderDecoder, SourceVocabularySize = 300, SourceLength = 24, VocabularySize = 200, ContextLength = 20, DModel = 32,
            Heads = 4, Layers = 1, NormPlacement = NormPlacement.Post, Activation = Activation.Relu, Position = PositionKind.Sinusoidal, ResidualDropout = 0.1),
         Inference(Batch = 3, PrefillChunk = 8), Training(BatchSize = 2)]
        """,
        file);

    [Theory]
    [InlineData("Model.CudaEncoder.g")]
    [InlineData("Model.CudaTrainer.g")]
    public Task EncoderOnDevice(string file) => Verify(
        "EncoderDevice",
        """
        [Transformer(Architecture = Architecture.EncoderOnly, VocabularySize = 1000, ContextLength = 64, DModel = 48, Heads = 4, Layers = 2, TokenTypes = 2,
            NormPlacement = NormPlacement.Post, EmbeddingNorm = true, Activation = Activation.Gelu, Head = HeadKind.SequenceClassification, Labels = 3),
         Inference(Batch = 2), Training(BatchSize = 4, SequenceLength = 32), Cuda(Precision = Precision.BFloat16)]
        """,
        file);

    [Theory]
    [InlineData("Model.CudaSession.g")]
    [InlineData("Model.CudaTrainer.g")]
    public Task EncoderDecoderOnDevice(string file) => Verify(
        "EncoderDecoderDevice",
        """
        [Transformer(Architecture = Architecture.EncoderDecoder, SourceVocabularySize = 300, SourceLength = 24, VocabularySize = 200, ContextLength = 20, DModel = 32,
            Heads = 4, Layers = 1, NormPlacement = NormPlacement.Post, Activation = Activation.Relu, Position = PositionKind.Sinusoidal),
         Inference(Batch = 3, PrefillChunk = 12), Training(BatchSize = 2), Cuda(Precision = Precision.Tf32)]
        """,
        file);

    private static async Task Verify(string name, string attributes, string file)
    {
        GeneratorRun run = GeneratorRun.Of(GeneratorInput.Of($"namespace Models;\n{attributes}\npublic partial class Model;") with { ReferencesCuda = true });
        GeneratorRun again = run.ThenWithSource("Unrelated.cs", "class Unrelated;");
        Assert.All(again.Outputs(TrackingNames.Sources), output =>
            Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{output.Reason}"));
        Assert.Equal(run.Files, again.Files);
        await Verifier.Verify(run.Files[$"Models.{file}.cs"], "cs").UseDirectory("Snapshots").UseMethodName(name).UseTextForParameters(file);
    }
}

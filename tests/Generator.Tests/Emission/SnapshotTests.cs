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

    private static async Task Verify(string name, string attributes, string file)
    {
        GeneratorRun run = GeneratorRun.Of($"namespace Models;\n{attributes}\npublic partial class Model;");
        GeneratorRun again = run.ThenWithSource("Unrelated.cs", "class Unrelated;");
        Assert.All(again.Outputs(TrackingNames.Sources), output =>
            Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{output.Reason}"));
        Assert.Equal(run.Files, again.Files);
        await Verifier.Verify(run.Files[$"Models.{file}.cs"], "cs").UseDirectory("Snapshots").UseMethodName(name).UseTextForParameters(file);
    }
}

using System.Globalization;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests;

public sealed class AttributeTests
{
    private const string Sizes = "VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 6";

    [Fact]
    public void DefaultsAreGpt2s()
    {
        ModelDeclaration model = Declare($"[Transformer({Sizes})] partial class Model;");
        TransformerSpec spec = model.Spec;

        Assert.Equal((65, 256, 384, 6), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal(new AttentionSpec
        {
            Heads = 6,
            KeyValueHeads = 6,
            HeadDim = 64,
            ValueHeadDim = 64,
            QueryBias = true,
            KeyBias = true,
            ValueBias = true,
            OutputBias = true,
            QueryKeyNorm = false,
            Causal = true,
            SlidingWindow = 0,
            Scale = 0.125f,
        }, spec.Main.Attention);
        Assert.Equal(new FeedForwardSpec { Dim = 1536, Activation = Activation.GeluTanh, Gated = false, InputBias = true, OutputBias = true }, spec.Main.FeedForward);
        Assert.Equal(new NormSpec { Kind = NormKind.LayerNorm, Placement = NormPlacement.Pre, Epsilon = 1e-5f }, spec.Norm);
        Assert.Equal((PositionKind.Learned, 256, 0), (spec.Main.Position.Kind, spec.Main.Position.LearnedLength, spec.Main.Position.RotaryDim));
        Assert.Equal(new HeadSpec { Tied = true, Bias = false }, spec.Head);
        Assert.Equal(new DropoutSpec { Embedding = 0, Attention = 0, Residual = 0 }, spec.Dropout);
        Assert.Equal(new InitializationSpec { Kind = InitializationKind.Gpt2, StandardDeviation = 0.02f }, spec.Initialization);
        Assert.Equal((1f, CheckpointFamily.Native), (spec.Embedding.Scale, spec.Checkpoint));
        Assert.Equal(new InferenceSpec { Batch = 1, PrefillChunk = 64 }, model.Inference);
        Assert.Null(model.Training);
        Assert.Equal("attribute", model.Source);
    }

    [Fact]
    public void EveryChoiceReachesTheSpec()
    {
        ModelDeclaration model = Declare("""
            [Transformer(VocabularySize = 131, ContextLength = 40, DModel = 80, Heads = 9, Layers = 1, KeyValueHeads = 3, HeadDim = 16, FeedForwardDim = 200,
                Causal = true, SlidingWindow = 7, QueryKeyNorm = true, Activation = Activation.Silu, Gated = true, Norm = NormKind.RmsNorm,
                NormPlacement = NormPlacement.Post, NormEpsilon = 1e-6, Position = PositionKind.Rotary, PairLayout = PairLayout.Interleaved,
                RotaryTheta = 500000, RotaryDim = 8, RotaryScaling = RotaryScalingKind.Llama3, RotaryScalingFactor = 4, RotaryScalingLowFrequencyFactor = 2,
                RotaryScalingHighFrequencyFactor = 5, RotaryScalingOriginalContextLength = 20, Biases = false, KeyBias = true, TiedHead = false,
                HeadBias = true, EmbeddingScale = 8.5, EmbeddingDropout = 0.1, AttentionDropout = 0.2, ResidualDropout = 0.3,
                Initialization = InitializationKind.Xavier, InitializationDeviation = 0.01)]
            [Inference(Batch = 4, PrefillChunk = 32)]
            [Training(BatchSize = 3, SequenceLength = 39, Frozen = ["embedding.*", "head.?ias"])]
            partial class Model;
            """);
        TransformerSpec spec = model.Spec;

        Assert.Equal(new AttentionSpec
        {
            Heads = 9,
            KeyValueHeads = 3,
            HeadDim = 16,
            ValueHeadDim = 16,
            QueryBias = false,
            KeyBias = true,
            ValueBias = false,
            OutputBias = false,
            QueryKeyNorm = true,
            Causal = true,
            SlidingWindow = 7,
            Scale = 0.25f,
        }, spec.Main.Attention);
        Assert.Equal(new FeedForwardSpec { Dim = 200, Activation = Activation.Silu, Gated = true, InputBias = false, OutputBias = false }, spec.Main.FeedForward);
        Assert.Equal(new NormSpec { Kind = NormKind.RmsNorm, Placement = NormPlacement.Post, Epsilon = 1e-6f }, spec.Norm);
        Assert.Equal(new PositionSpec
        {
            Kind = PositionKind.Rotary,
            Layout = PairLayout.Interleaved,
            LearnedLength = 0,
            Theta = 500_000,
            RotaryDim = 8,
            Scaling = new RotaryScalingSpec
            {
                Kind = RotaryScalingKind.Llama3,
                Factor = 4,
                LowFrequencyFactor = 2,
                HighFrequencyFactor = 5,
                OriginalContextLength = 20,
            },
        }, spec.Main.Position);
        Assert.Equal(new HeadSpec { Tied = false, Bias = true }, spec.Head);
        Assert.Equal(new DropoutSpec { Embedding = 0.1f, Attention = 0.2f, Residual = 0.3f }, spec.Dropout);
        Assert.Equal(new InitializationSpec { Kind = InitializationKind.Xavier, StandardDeviation = 0.01f }, spec.Initialization);
        Assert.Equal(8.5f, spec.Embedding.Scale);
        Assert.Equal(new InferenceSpec { Batch = 4, PrefillChunk = 32 }, model.Inference);
        Assert.Equal(new TrainingSpec { BatchSize = 3, SequenceLength = 39, Frozen = new EquatableArray<string>("embedding.*", "head.?ias") }, model.Training);
    }

    [Fact]
    public void TrainingTakesTheContextLengthByDefault()
        => Assert.Equal(256, Declare($"[Transformer({Sizes}), Training(BatchSize = 2)] partial class Model;").Training!.SequenceLength);

    [Fact]
    public void TheLossReachesTheSpec()
    {
        LossSpec loss = Declare("[Transformer(VocabularySize = 3, ContextLength = 5, DModel = 8, Heads = 2, Layers = 1), "
            + "Training(BatchSize = 2, LabelSmoothing = 0.1, ClassWeights = [1, 2, 0.5])] partial class Model;").Training!.Loss;
        Assert.Equal(new LossSpec { Kind = LossKind.CrossEntropy, LabelSmoothing = 0.1f, ClassWeights = new EquatableArray<float>(1, 2, 0.5f) }, loss);
        Assert.Equal(LossSpec.CrossEntropy, Declare($"[Transformer({Sizes}), Training(BatchSize = 2)] partial class Model;").Training!.Loss);
    }

    [Theory]
    [InlineData("Loss = LossKind.MeanSquaredError", "'Loss' is MeanSquaredError; it must be CrossEntropy or SoftTargets for the head LanguageModel")]
    [InlineData("LabelSmoothing = 1.5", "'LabelSmoothing' is 1.5; it must be from 0 to 1")]
    [InlineData("ClassWeights = [1, 2]", "'ClassWeights' is 2 weights; it must be one weight for each of the 3 classes")]
    [InlineData("ClassWeights = [1, -2, 3]", "'ClassWeights' is -2; it must be from 0 to 1E+30")]
    [InlineData("ClassWeights = [0, 0, 0]", "'ClassWeights' is zero for every class; it must be positive for at least one")]
    public void LossesThatDoNotFitAreErrors(string loss, string message)
    {
        GeneratorRun run = GeneratorRun.Of("[Transformer(VocabularySize = 3, ContextLength = 5, DModel = 8, Heads = 2, Layers = 1), "
            + $"Training(BatchSize = 2, {loss})] partial class Model;");
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal(("TC0009", message), (diagnostic.Id, diagnostic.GetMessage(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void WindowAsLongAsTheContextIsNoWindow()
        => Assert.Equal(0, Declare($"[Transformer({Sizes}, SlidingWindow = 256)] partial class Model;").Spec.Main.Attention.SlidingWindow);

    [Fact]
    public void ShortContextShortensThePrefillChunk() => Assert.Equal(5, Declare(
        "[Transformer(VocabularySize = 65, ContextLength = 5, DModel = 8, Heads = 2, Layers = 1)] partial class Model;").Inference.PrefillChunk);

    [Fact]
    public void NamesAreWrittenAsCodeNeedsThem()
    {
        ModelDeclaration model = Declare($$"""
            namespace Deep.@namespace
            {
                internal static partial class Outer
                {
                    public partial record struct Middle
                    {
                        public partial interface IInner
                        {
                            [Transformer({{Sizes}})] public sealed partial class @class;
                        }
                    }
                }
            }
            """);

        Assert.Equal("Deep.@namespace", model.Namespace);
        Assert.Equal(["partial class Outer", "partial record struct Middle", "partial interface IInner"], model.ContainingTypes);
        Assert.Equal("@class", model.Name);
        Assert.Equal("Deep.namespace.Outer.Middle.IInner.class", model.HintName);
    }

    [Fact]
    public void ModelsThatDifferInCaseGetFilesThatDifferInMore()
    {
        GeneratorRun run = GeneratorRun.Of($"[Transformer({Sizes})] partial class Model; [Transformer({Sizes})] partial class MODEL;");
        Assert.Empty(run.Diagnostics);
        Assert.Equal(run.Files.Count, run.Files.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(2, run.Declarations.Length);
    }

    [Fact]
    public void RepeatedAttributeIsTheCompilersErrorOnly()
    {
        GeneratorRun run = GeneratorRun.Of($"[Transformer({Sizes})] partial class Model; [Transformer({Sizes})] partial class Model;");
        Assert.Null(run.Result.Exception);
        Assert.Empty(run.Diagnostics);
        Assert.Contains(run.SourceProblems, diagnostic => diagnostic.Id == "CS0579");
    }

    [Theory]
    [InlineData("[Transformer(VocabularySize = \"many\")] partial class Model;")]
    [InlineData("[Transformer(Sizes = 5)] partial class Model;")]
    [InlineData("[Transformer(1, 2)] partial class Model;")]
    [InlineData("[Transformer(VocabularySize = Missing.Value)] partial class Model;")]
    [InlineData("[Transformer(] partial class Model;")]
    [InlineData("[Transformer] partial")]
    public void CodeThatDoesNotCompileDoesNotBreakTheGenerator(string source)
    {
        GeneratorRun run = GeneratorRun.Of(source);
        Assert.Null(run.Result.Exception);
        Assert.NotEmpty(run.SourceProblems);
    }

    [Theory]
    [InlineData(typeof(Activation), typeof(Transformer.Compiled.Activation))]
    [InlineData(typeof(NormKind), typeof(Transformer.Compiled.NormKind))]
    [InlineData(typeof(NormPlacement), typeof(Transformer.Compiled.NormPlacement))]
    [InlineData(typeof(PositionKind), typeof(Transformer.Compiled.PositionKind))]
    [InlineData(typeof(PairLayout), typeof(Transformer.Compiled.PairLayout))]
    [InlineData(typeof(RotaryScalingKind), typeof(Transformer.Compiled.RotaryScalingKind))]
    [InlineData(typeof(InitializationKind), typeof(Transformer.Compiled.InitializationKind))]
    [InlineData(typeof(LossKind), typeof(Transformer.Compiled.LossKind))]
    [InlineData(typeof(Precision), typeof(Transformer.Compiled.Precision))]
    [InlineData(typeof(GpuArchitecture), typeof(Transformer.Compiled.GpuArchitecture))]
    public void ChoicesHaveTheSameMembersInGeneratorAndRuntime(Type generator, Type runtime)
    {
        Assert.Equal(Enum.GetNames(runtime), Enum.GetNames(generator));
        Assert.Equal((int[])Enum.GetValuesAsUnderlyingType(runtime), (int[])Enum.GetValuesAsUnderlyingType(generator));
    }

    private static ModelDeclaration Declare(string source)
    {
        GeneratorRun run = GeneratorRun.Of(source);
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.SourceProblems);
        return Assert.Single(run.Declarations);
    }
}

using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Declarations;
using static Generator.Tests.Families.ConfigSpecs;

namespace Generator.Tests;

public sealed class ConfigFamilyTests
{
    [Fact]
    public void Gpt2()
    {
        TransformerSpec spec = Spec(Configs.Fixture("gpt2-tiny"));
        Assert.Equal((96, 32, 32, 2), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal(new AttentionSpec
        {
            Heads = 4,
            KeyValueHeads = 4,
            HeadDim = 8,
            ValueHeadDim = 8,
            QueryBias = true,
            KeyBias = true,
            ValueBias = true,
            OutputBias = true,
            QueryKeyNorm = false,
            Causal = true,
            SlidingWindow = 0,
            Scale = (float)(1 / Math.Sqrt(8)),
        }, spec.Main.Attention);
        Assert.Equal(new FeedForwardSpec { Dim = 128, Activation = Activation.GeluTanh, Gated = false, InputBias = true, OutputBias = true }, spec.Main.FeedForward);
        Assert.Equal(new NormSpec { Kind = NormKind.LayerNorm, Placement = NormPlacement.Pre, Epsilon = 1e-5f }, spec.Norm);
        Assert.Equal((PositionKind.Learned, 32), (spec.Main.Position.Kind, spec.Main.Position.LearnedLength));
        Assert.Equal(new DropoutSpec { Embedding = 0, Attention = 0, Residual = 0 }, spec.Dropout);
        Assert.Equal((true, CheckpointFamily.Gpt2), (spec.Head.Tied, spec.Checkpoint));
    }

    [Theory]
    [InlineData("llama-tiny", 8, 2, 4, false, false, 64, 0)]
    [InlineData("llama3-rope-tiny", 4, 2, 8, false, true, 128, 0)]
    [InlineData("mistral-tiny", 4, 2, 8, false, false, 64, 6)]
    [InlineData("qwen2-tiny", 8, 4, 4, true, true, 64, 0)]
    public void RotaryDecoders(string fixture, int heads, int keyValueHeads, int headDim, bool queryBias, bool tied, int context, int window)
    {
        TransformerSpec spec = Spec(Configs.Fixture(fixture));
        Assert.Equal((96, context, 32, 2), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal(new AttentionSpec
        {
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDim = headDim,
            ValueHeadDim = headDim,
            QueryBias = queryBias,
            KeyBias = queryBias,
            ValueBias = queryBias,
            OutputBias = false,
            QueryKeyNorm = false,
            Causal = true,
            SlidingWindow = window,
            Scale = (float)(1 / Math.Sqrt(headDim)),
        }, spec.Main.Attention);
        Assert.Equal(new FeedForwardSpec { Dim = 88, Activation = Activation.Silu, Gated = true, InputBias = false, OutputBias = false }, spec.Main.FeedForward);
        Assert.Equal(new NormSpec { Kind = NormKind.RmsNorm, Placement = NormPlacement.Pre, Epsilon = 1e-6f }, spec.Norm);
        Assert.Equal((PositionKind.Rotary, PairLayout.Halves, headDim), (spec.Main.Position.Kind, spec.Main.Position.Layout, spec.Main.Position.RotaryDim));
        Assert.Equal((tied, CheckpointFamily.Llama), (spec.Head.Tied, spec.Checkpoint));
    }

    [Fact]
    public void Llama3Scaling()
    {
        PositionSpec position = Spec(Configs.Fixture("llama3-rope-tiny")).Main.Position;
        Assert.Equal(500_000, position.Theta);
        Assert.Equal(new RotaryScalingSpec
        {
            Kind = RotaryScalingKind.Llama3,
            Factor = 4,
            LowFrequencyFactor = 1,
            HighFrequencyFactor = 4,
            OriginalContextLength = 32,
        }, position.Scaling);
    }

    [Theory]
    [InlineData("gpt2", 50257, 1024, 768, 12)]
    [InlineData("llama", 32000, 2048, 4096, 32)]
    [InlineData("mistral", 32000, 131072, 4096, 32)]
    [InlineData("qwen2", 151936, 32768, 4096, 32)]
    public void MissingKeysHaveTheLibrarysDefaults(string family, int vocabulary, int context, int width, int layers)
    {
        TransformerSpec spec = Spec($$"""{ "model_type": "{{family}}" }""");
        Assert.Equal((vocabulary, context, width, layers), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal(family == "gpt2" ? 0.1f : 0, spec.Dropout.Attention);
        Assert.Equal(family == "mistral" ? 4096 : 0, spec.Main.Attention.SlidingWindow);
        Assert.Equal(family == "mistral" ? 8 : spec.Main.Attention.Heads, spec.Main.Attention.KeyValueHeads);
        Assert.Equal(family == "gpt2", spec.Head.Tied);
    }

    [Theory]
    [InlineData("""{ "type": "linear", "factor": 2.5 }""", RotaryScalingKind.Linear, 2.5)]
    [InlineData("""{ "rope_type": "linear", "factor": 2 }""", RotaryScalingKind.Linear, 2)]
    [InlineData("""{ "rope_type": "default" }""", RotaryScalingKind.None, 1)]
    [InlineData("null", RotaryScalingKind.None, 1)]
    public void RopeScaling(string json, object kind, double factor)
    {
        RotaryScalingSpec scaling = Spec(Configs.With("llama-tiny", "rope_scaling", json)).Main.Position.Scaling;
        Assert.Equal(((RotaryScalingKind)kind, factor), (scaling.Kind, scaling.Factor));
    }

    [Fact]
    public void RopeParametersHoldThetaToo()
        => Assert.Equal(777, Spec(Configs.With("llama-tiny", "rope_parameters", """{ "rope_type": "default", "rope_theta": 777.0 }""")).Main.Position.Theta);

    [Theory]
    [InlineData("relu", Activation.Relu)]
    [InlineData("gelu", Activation.Gelu)]
    [InlineData("gelu_new", Activation.GeluTanh)]
    [InlineData("gelu_pytorch_tanh", Activation.GeluTanh)]
    [InlineData("gelu_fast", Activation.GeluTanh)]
    [InlineData("silu", Activation.Silu)]
    [InlineData("swish", Activation.Silu)]
    public void ActivationNames(string name, object activation)
        => Assert.Equal((Activation)activation, Spec(Configs.With("gpt2-tiny", "activation_function", $"\"{name}\"")).Main.FeedForward.Activation);

    [Fact]
    public void Gpt2InnerWidthAndUnscaledAttention()
    {
        Assert.Equal(100, Spec(Configs.With("gpt2-tiny", "n_inner", "100")).Main.FeedForward.Dim);
        Assert.Equal(1, Spec(Configs.With("gpt2-tiny", "scale_attn_weights", "false")).Main.Attention.Scale);
    }

    [Fact]
    public void LlamaHeadDimBiasesAndSharedHeads()
    {
        Assert.Equal(6, Spec(Configs.With("llama-tiny", "head_dim", "6")).Main.Attention.HeadDim);
        Assert.Equal(4, Spec(Configs.With("llama-tiny", "head_dim", "null")).Main.Attention.HeadDim);
        Assert.True(Spec(Configs.With("llama-tiny", "attention_bias", "true")).Main.Attention.OutputBias);
        Assert.True(Spec(Configs.With("llama-tiny", "mlp_bias", "true")).Main.FeedForward.InputBias);
        Assert.Equal(8, Spec(Configs.With("llama-tiny", "num_key_value_heads", "null")).Main.Attention.KeyValueHeads);
    }

    [Theory]
    [InlineData("false", "6", "0", 0)]
    [InlineData("true", "6", "0", 6)]
    [InlineData("true", "6", "2", 0)]
    [InlineData("true", "null", "0", 0)]
    public void Qwen2Window(string isUsed, string window, string firstLayer, int expected)
    {
        string config = $$"""
            { "model_type": "qwen2", "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 2,
              "use_sliding_window": {{isUsed}}, "sliding_window": {{window}}, "max_window_layers": {{firstLayer}} }
            """;
        Assert.Equal(expected, Spec(config).Main.Attention.SlidingWindow);
    }

    [Fact]
    public void Qwen2MixtureOfWindowsIsRefused()
    {
        string config = """{ "model_type": "qwen2", "use_sliding_window": true, "max_window_layers": 28 }""";
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(Configs.Model(config)).Diagnostics);
        Assert.Equal("TC0027", diagnostic.Id);
        Assert.Contains("max_window_layers", diagnostic.GetMessage());
    }

    [Theory]
    [InlineData("""["full_attention", "full_attention"]""", 0)]
    [InlineData("""["sliding_attention", "sliding_attention"]""", 6)]
    public void Qwen2LayerTypes(string types, int expected)
    {
        string config = $$"""
            { "model_type": "qwen2", "num_hidden_layers": 2, "use_sliding_window": true, "sliding_window": 6, "max_window_layers": 1, "layer_types": {{types}} }
            """;
        Assert.Equal(expected, Spec(config).Main.Attention.SlidingWindow);
    }

    [Fact]
    public void OverridesBesideAConfig()
    {
        const string Attribute = "[Transformer(\"config.json\", ContextLength = 20, EmbeddingDropout = 0.5, AttentionDropout = 0.25, ResidualDropout = 0.125)]";
        TransformerSpec spec = Spec(Configs.Fixture("gpt2-tiny"), Attribute);
        Assert.Equal((20, 32), (spec.Main.ContextLength, spec.Main.Position.LearnedLength));
        Assert.Equal(new DropoutSpec { Embedding = 0.5f, Attention = 0.25f, Residual = 0.125f }, spec.Dropout);
    }

    [Fact]
    public void EveryFixturesKeysAreKnown()
    {
        foreach (string fixture in Configs.Fixtures) Assert.Empty(GeneratorRun.Of(Configs.Model(Configs.Fixture(fixture))).Diagnostics);
    }

    [Theory]
    [InlineData("configs/config.json", "configs/config.json")]
    [InlineData("configs\\config.json", "configs/config.json")]
    [InlineData("./configs//x/../config.json", "configs/config.json")]
    public void PathsAreNormalised(string written, string source)
    {
        GeneratorInput input = GeneratorInput.Of($"[Transformer(@\"{written}\")] partial class Model;")
            .WithFile("configs/config.json", Configs.Fixture("gpt2-tiny"))
            .WithFile("other/configs/config.json", "{}");
        Assert.Equal(source, Assert.Single(GeneratorRun.Of(input).Declarations).Source);
    }

    [Fact]
    public void PathsMayLeaveTheProject()
    {
        GeneratorInput input = GeneratorInput.Of("[Transformer(\"../neighbour/config.json\")] partial class Model;")
            .WithFile("/neighbour/config.json", Configs.Fixture("gpt2-tiny"));
        Assert.Single(GeneratorRun.Of(input).Declarations);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("./model")]
    [InlineData("/far/away/config.json", "TC0021")]
    [InlineData("Model", "TC0022")]
    public void ANamedConfigIsFoundByItsNameWhereverItLies(string written, string? diagnostic = null)
    {
        GeneratorInput input = GeneratorInput.Of($"[Transformer(\"{written}\")] partial class Model;")
            .WithFile("/far/away/config.json", Configs.Fixture("gpt2-tiny"))
            .WithFile("config.json", Configs.Fixture("llama-tiny"))
            .WithConfigName("/far/away/config.json", " model ");
        GeneratorRun run = GeneratorRun.Of(input);
        if (diagnostic is not null) Assert.Equal(diagnostic, Assert.Single(run.Diagnostics).Id);
        else Assert.Equal(("model", PositionKind.Learned), (Assert.Single(run.Declarations).Source, run.Declarations[0].Spec.Main.Position.Kind));
    }

    [Fact]
    public void ANamedConfigIsFoundByItsPathToo()
    {
        GeneratorInput input = GeneratorInput.Of("[Transformer(\"config.json\")] partial class Model;")
            .WithFile("config.json", Configs.Fixture("gpt2-tiny"))
            .WithConfigName("config.json", "config.json");
        Assert.Single(GeneratorRun.Of(input).Declarations);
    }

    [Theory]
    [InlineData("model", "model")]
    [InlineData("config.json", null)]
    public void ANameThatAnotherFileHasIsAmbiguous(string first, string? second)
    {
        GeneratorInput input = GeneratorInput.Of($"[Transformer(\"{first}\")] partial class Model;")
            .WithFile("/far/away/config.json", Configs.Fixture("gpt2-tiny"))
            .WithFile("config.json", Configs.Fixture("gpt2-tiny"))
            .WithConfigName("/far/away/config.json", first);
        if (second is not null) input = input.WithConfigName("config.json", second);
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(input).Diagnostics);
        Assert.Equal("TC0023", diagnostic.Id);
        Assert.Contains("/far/away/config.json, /project/config.json", diagnostic.GetMessage());
    }
}

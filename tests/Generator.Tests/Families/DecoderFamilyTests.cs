using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Declarations;
using static Generator.Tests.Families.ConfigSpecs;

namespace Generator.Tests.Families;

public sealed class DecoderFamilyTests
{
    [Fact]
    public void Gemma()
    {
        TransformerSpec spec = Spec(Configs.Fixture("gemma-tiny"));
        Assert.Equal((96, 64, 32, 2), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal((4, 1, 16, false), (spec.Main.Attention.Heads, spec.Main.Attention.KeyValueHeads, spec.Main.Attention.HeadDim, spec.Main.Attention.OutputBias));
        Assert.Equal(0.25f, spec.Main.Attention.Scale);
        Assert.Equal(new FeedForwardSpec { Dim = 88, Activation = Activation.GeluTanh, Gated = true, InputBias = false, OutputBias = false }, spec.Main.FeedForward);
        Assert.Equal(new NormSpec { Kind = NormKind.RmsNorm, Placement = NormPlacement.Pre, Epsilon = 1e-6f, WeightOffset = 1 }, spec.Norm);
        Assert.Equal((PositionKind.Rotary, PairLayout.Halves, 16), (spec.Main.Position.Kind, spec.Main.Position.Layout, spec.Main.Position.RotaryDim));
        Assert.Equal((float)Math.Sqrt(32), spec.Embedding.Scale);
        Assert.Equal((true, CheckpointFamily.Llama), (spec.Head.Tied, spec.Checkpoint));
    }

    [Theory]
    [InlineData("\"hidden_act\": \"gelu\"", Activation.GeluTanh)]
    [InlineData("\"hidden_act\": \"gelu\", \"hidden_activation\": null", Activation.GeluTanh)]
    [InlineData("\"hidden_act\": \"gelu_pytorch_tanh\", \"hidden_activation\": \"gelu\"", Activation.Gelu)]
    [InlineData("", Activation.GeluTanh)]
    public void GemmasGateIsTheTanhFormUnlessItIsNamed(string keys, object activation)
        => Assert.Equal((Activation)activation, Defaults("gemma", keys).Main.FeedForward.Activation);

    [Fact]
    public void GemmaThatLooksBothWaysIsRefused()
    {
        Refused("TC0027", "use_bidirectional_attention", Json("gemma", "\"use_bidirectional_attention\": true"));
        Refused("TC0027", "hidden_act", Json("gemma", "\"hidden_act\": \"silu\""));
        Assert.True(Defaults("gemma", "\"attention_bias\": true").Main.Attention.OutputBias);
    }

    [Fact]
    public void GptNeox()
    {
        TransformerSpec spec = Spec(Configs.Fixture("gpt-neox-tiny"));
        Assert.Equal((96, 64, 32, 2), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal((4, 4, 8, true, true), (spec.Main.Attention.Heads, spec.Main.Attention.KeyValueHeads, spec.Main.Attention.HeadDim, spec.Main.Attention.QueryBias, spec.Main.Attention.OutputBias));
        Assert.Equal(new FeedForwardSpec { Dim = 88, Activation = Activation.Gelu, Gated = false, InputBias = true, OutputBias = true }, spec.Main.FeedForward);
        Assert.Equal(new NormSpec { Kind = NormKind.LayerNorm, Placement = NormPlacement.Pre, Epsilon = 1e-5f }, spec.Norm);
        Assert.Equal((PositionKind.Rotary, PairLayout.Halves, 4, 10_000.0), (spec.Main.Position.Kind, spec.Main.Position.Layout, spec.Main.Position.RotaryDim, spec.Main.Position.Theta));
        Assert.Equal((ResidualKind.Parallel, true), (spec.Main.Residual, spec.Main.FinalNorm));
        Assert.Equal((false, false, CheckpointFamily.GptNeox), (spec.Head.Tied, spec.Head.Bias, spec.Checkpoint));
    }

    [Theory]
    [InlineData("\"use_parallel_residual\": false", ResidualKind.Sequential, 24)]
    [InlineData("\"rotary_pct\": 1.0", ResidualKind.Parallel, 96)]
    [InlineData("\"partial_rotary_factor\": 0.5", ResidualKind.Parallel, 48)]
    [InlineData("\"rope_parameters\": { \"rope_type\": \"default\", \"rope_theta\": 10000, \"partial_rotary_factor\": 0.5 }", ResidualKind.Parallel, 48)]
    public void GptNeoxVariants(string keys, object residual, int rotaryDim)
    {
        TransformerSpec spec = Defaults("gpt_neox", keys);
        Assert.Equal(((ResidualKind)residual, rotaryDim), (spec.Main.Residual, spec.Main.Position.RotaryDim));
    }

    [Fact]
    public void GptNeoxBiasesAndDropout()
    {
        TransformerSpec spec = Defaults("gpt_neox", "\"attention_bias\": false, \"hidden_dropout\": 0.25, \"attention_dropout\": 0.5, \"rotary_emb_base\": 500");
        Assert.Equal((false, false, true), (spec.Main.Attention.QueryBias, spec.Main.Attention.OutputBias, spec.Main.FeedForward.InputBias));
        Assert.Equal(new DropoutSpec { Embedding = 0.25f, Attention = 0.5f, Residual = 0.25f }, spec.Dropout);
        Assert.Equal(500, spec.Main.Position.Theta);
    }

    [Fact]
    public void ARotatedPartOfOddWidthIsRefused()
        => Assert.Equal("TC0012", Assert.Single(GeneratorRun.Of(Configs.Model(Configs.With("gpt-neox-tiny", "rotary_pct", "0.4"))).Diagnostics).Id);

    [Fact]
    public void Phi()
    {
        TransformerSpec spec = Spec(Configs.Fixture("phi-tiny"));
        Assert.Equal((96, 64, 32, 2), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal((4, 4, true, true), (spec.Main.Attention.Heads, spec.Main.Attention.KeyValueHeads, spec.Main.Attention.ValueBias, spec.Main.Attention.OutputBias));
        Assert.Equal(new FeedForwardSpec { Dim = 88, Activation = Activation.GeluTanh, Gated = false, InputBias = true, OutputBias = true }, spec.Main.FeedForward);
        Assert.Equal((PositionKind.Rotary, 4), (spec.Main.Position.Kind, spec.Main.Position.RotaryDim));
        Assert.Equal(ResidualKind.ParallelSharedNorm, spec.Main.Residual);
        Assert.Equal((false, true, CheckpointFamily.Phi), (spec.Head.Tied, spec.Head.Bias, spec.Checkpoint));
        Refused("TC0027", "qk_layernorm", Configs.With("phi-tiny", "qk_layernorm", "true"));
    }

    [Fact]
    public void Bloom()
    {
        TransformerSpec spec = Spec(Configs.Fixture("bloom-tiny"));
        Assert.Equal((96, 2048, 32, 2), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal((4, 4, 8, true), (spec.Main.Attention.Heads, spec.Main.Attention.KeyValueHeads, spec.Main.Attention.HeadDim, spec.Main.Attention.KeyBias));
        Assert.Equal(new FeedForwardSpec { Dim = 128, Activation = Activation.GeluTanh, Gated = false, InputBias = true, OutputBias = true }, spec.Main.FeedForward);
        Assert.Equal((PositionKind.Alibi, true, true), (spec.Main.Position.Kind, spec.Main.EmbeddingNorm, spec.Main.FinalNorm));
        Assert.Equal((true, false, CheckpointFamily.Bloom), (spec.Head.Tied, spec.Head.Bias, spec.Checkpoint));
        Refused("TC0027", "apply_residual_connection_post_layernorm", Configs.With("bloom-tiny", "apply_residual_connection_post_layernorm", "true"));
    }

    [Fact]
    public void BloomKnowsItsOldNames()
    {
        TransformerSpec spec = Defaults("bloom", "\"n_embed\": 96, \"num_attention_heads\": 3, \"num_hidden_layers\": 5, \"seq_length\": 100");
        Assert.Equal((96, 3, 5, 100), (spec.DModel, spec.Main.Attention.Heads, spec.Main.Layers, spec.Main.ContextLength));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(4096)]
    public void BloomsContextIsAnyLength(int length)
        => Assert.Equal(length, Spec(Configs.Fixture("bloom-tiny"), $"[Transformer(\"config.json\", ContextLength = {length})]").Main.ContextLength);

    [Theory]
    [InlineData("gemma", 256000, 8192, 3072, 28)]
    [InlineData("gpt_neox", 50432, 2048, 6144, 44)]
    [InlineData("phi", 51200, 2048, 2048, 24)]
    [InlineData("bloom", 250880, 2048, 64, 2)]
    public void MissingKeysHaveTheLibrarysDefaults(string family, int vocabulary, int context, int width, int layers)
    {
        TransformerSpec spec = Defaults(family);
        Assert.Equal((vocabulary, context, width, layers), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
        Assert.Equal(family is "gemma" or "bloom", spec.Head.Tied);
    }
}

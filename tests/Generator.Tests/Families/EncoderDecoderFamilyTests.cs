using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Declarations;
using static Generator.Tests.Families.ConfigSpecs;

namespace Generator.Tests.Families;

public sealed class EncoderDecoderFamilyTests
{
    [Fact]
    public void Marian()
    {
        TransformerSpec spec = Spec(Configs.Fixture("marian-tiny"));
        Assert.Equal((Architecture.EncoderDecoder, CheckpointFamily.Bart, 32), (spec.Architecture, spec.Checkpoint, spec.DModel));
        foreach (StackSpec stack in spec.Stacks)
        {
            Assert.Equal((96, 32, 2, 4), (stack.VocabularySize, stack.ContextLength, stack.Layers, stack.Attention.Heads));
            Assert.Equal(new FeedForwardSpec { Dim = 64, Activation = Activation.Relu, Gated = false, InputBias = true, OutputBias = true }, stack.FeedForward);
            Assert.Equal((PositionKind.Sinusoidal, PairLayout.Halves), (stack.Position.Kind, stack.Position.Layout));
            Assert.Equal((false, false), (stack.EmbeddingNorm, stack.FinalNorm));
        }
        Assert.Equal((false, true), (spec.Encoder!.Attention.Causal, spec.Decoder!.Attention.Causal));
        Assert.Equal(new NormSpec { Kind = NormKind.LayerNorm, Placement = NormPlacement.Post, Epsilon = 1e-5f }, spec.Norm);
        Assert.Equal(((float)Math.Sqrt(32), true), (spec.Embedding.Scale, spec.Embedding.IsShared));
        Assert.Equal(new HeadSpec { Kind = HeadKind.LanguageModel, Tied = true, Bias = true, HasFixedBias = true }, spec.Head);
    }

    [Fact]
    public void MarianWithTwoVocabularies()
    {
        const string Keys = "\"vocab_size\": 100, \"decoder_vocab_size\": 120, \"d_model\": 32";
        TransformerSpec spec = Defaults("marian", Keys + ", \"share_encoder_decoder_embeddings\": false");
        Assert.Equal((100, 120, false), (spec.Encoder!.VocabularySize, spec.Decoder!.VocabularySize, spec.Embedding.IsShared));
        Refused("TC0027", "decoder_vocab_size", Json("marian", Keys));
    }

    [Fact]
    public void Bart()
    {
        TransformerSpec spec = Spec(Configs.Fixture("bart-tiny"));
        Assert.Equal((CheckpointFamily.Bart, 32, 1f), (spec.Checkpoint, spec.DModel, spec.Embedding.Scale));
        foreach (StackSpec stack in spec.Stacks)
        {
            Assert.Equal((32, 34, 2), (stack.ContextLength, stack.Position.LearnedLength, stack.Position.Offset));
            Assert.Equal((PositionKind.Learned, true, false), (stack.Position.Kind, stack.EmbeddingNorm, stack.FinalNorm));
            Assert.Equal(Activation.Gelu, stack.FeedForward.Activation);
        }
        Assert.Equal(new HeadSpec { Kind = HeadKind.LanguageModel, Tied = true, Bias = true, HasFixedBias = true }, spec.Head);
    }

    [Fact]
    public void StacksOfDifferentSizes()
    {
        TransformerSpec spec = Defaults("bart", """
            "vocab_size": 90, "d_model": 60, "encoder_layers": 3, "encoder_attention_heads": 5, "encoder_ffn_dim": 70,
            "decoder_layers": 1, "decoder_attention_heads": 6, "decoder_ffn_dim": 80, "dropout": 0.25, "attention_dropout": 0.125, "activation_dropout": 0.5
            """);
        Assert.Equal((3, 5, 12, 70), (spec.Encoder!.Layers, spec.Encoder.Attention.Heads, spec.Encoder.Attention.HeadDim, spec.Encoder.FeedForward.Dim));
        Assert.Equal((1, 6, 10, 80), (spec.Decoder!.Layers, spec.Decoder.Attention.Heads, spec.Decoder.Attention.HeadDim, spec.Decoder.FeedForward.Dim));
        Assert.Equal((6, false), (spec.Decoder.CrossAttention!.Heads, spec.Decoder.CrossAttention.Causal));
        Assert.Equal(new DropoutSpec { Embedding = 0.25f, Attention = 0.125f, Residual = 0.25f, FeedForward = 0.5f }, spec.Dropout);
    }

    [Theory]
    [InlineData("marian", "encoder_layerdrop", "0.1")]
    [InlineData("bart", "normalize_before", "true")]
    [InlineData("bart", "normalize_embedding", "false")]
    [InlineData("marian", "static_position_embeddings", "false")]
    [InlineData("bart", "architectures", "[\"BartForSequenceClassification\"]")]
    [InlineData("bart", "is_encoder_decoder", "false")]
    [InlineData("t5", "architectures", "[\"T5EncoderModel\"]")]
    [InlineData("t5", "feed_forward_proj", "\"gated-tanh\"")]
    public void WhatIsNotBuiltIsRefused(string family, string key, string value) => Refused("TC0027", key, Json(family, $"\"{key}\": {value}"));

    [Fact]
    public void T5()
    {
        TransformerSpec spec = Spec(Configs.Fixture("t5-tiny"));
        Assert.Equal((Architecture.EncoderDecoder, CheckpointFamily.T5, 32), (spec.Architecture, spec.Checkpoint, spec.DModel));
        foreach (StackSpec stack in spec.Stacks)
        {
            Assert.Equal((96, 512, 2, 4, 8), (stack.VocabularySize, stack.ContextLength, stack.Layers, stack.Attention.Heads, stack.Attention.HeadDim));
            Assert.Equal((1f, false, false), (stack.Attention.Scale, stack.Attention.QueryBias, stack.Attention.OutputBias));
            Assert.Equal(new FeedForwardSpec { Dim = 64, Activation = Activation.Relu, Gated = false, InputBias = false, OutputBias = false }, stack.FeedForward);
            Assert.Equal((PositionKind.RelativeBias, 32, 128), (stack.Position.Kind, stack.Position.Buckets, stack.Position.MaxDistance));
            Assert.True(stack.FinalNorm);
        }
        Assert.Equal((false, true), (spec.Encoder!.Attention.Causal, spec.Decoder!.Attention.Causal));
        Assert.Equal(new NormSpec { Kind = NormKind.RmsNorm, Placement = NormPlacement.Pre, Epsilon = 1e-6f }, spec.Norm);
        Assert.Equal(new HeadSpec { Kind = HeadKind.LanguageModel, Tied = true, Bias = false, Scale = (float)(1 / Math.Sqrt(32)) }, spec.Head);
    }

    [Fact]
    public void GatedT5()
    {
        TransformerSpec spec = Spec(Configs.Fixture("t5-gated-tiny"));
        Assert.Equal(new FeedForwardSpec { Dim = 64, Activation = Activation.GeluTanh, Gated = true, InputBias = false, OutputBias = false }, spec.Main.FeedForward);
        Assert.Equal(new HeadSpec { Kind = HeadKind.LanguageModel, Tied = false, Bias = false }, spec.Head);
    }

    [Theory]
    [InlineData("relu", Activation.Relu, false)]
    [InlineData("gelu", Activation.Gelu, false)]
    [InlineData("gated-gelu", Activation.GeluTanh, true)]
    [InlineData("gated-silu", Activation.Silu, true)]
    public void T5sFeedForward(string name, object activation, bool gated)
    {
        FeedForwardSpec feedForward = Defaults("t5", $"\"feed_forward_proj\": \"{name}\"").Main.FeedForward;
        Assert.Equal(((Activation)activation, gated), (feedForward.Activation, feedForward.Gated));
    }

    [Fact]
    public void T5sLengthsAreTheDeclarations()
    {
        TransformerSpec spec = Spec(Configs.Fixture("t5-tiny"), "[Transformer(\"config.json\", ContextLength = 900, SourceLength = 1100)]");
        Assert.Equal((900, 1100), (spec.Decoder!.ContextLength, spec.Encoder!.ContextLength));
        Assert.Equal((5, 7), (Defaults("t5", "\"num_layers\": 5, \"num_decoder_layers\": 7").Encoder!.Layers, Defaults("t5", "\"num_decoder_layers\": 7").Decoder!.Layers));
        Assert.Equal(0.1f, Defaults("t5").Dropout.FeedForward);
        Refused("TC0020", "SourceLength", Configs.Fixture("bart-tiny"), "[Transformer(\"config.json\", SourceLength = 33)]");
    }

    [Theory]
    [InlineData("marian", 58101, 1024, 1024, 12)]
    [InlineData("bart", 50265, 1024, 1024, 12)]
    [InlineData("t5", 32128, 512, 512, 6)]
    public void MissingKeysHaveTheLibrarysDefaults(string family, int vocabulary, int context, int width, int layers)
    {
        foreach (StackSpec stack in Defaults(family).Stacks)
            Assert.Equal((vocabulary, context, width, layers), (stack.VocabularySize, stack.ContextLength, Defaults(family).DModel, stack.Layers));
    }
}

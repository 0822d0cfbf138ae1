using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Declarations;
using static Generator.Tests.Families.ConfigSpecs;

namespace Generator.Tests.Families;

/// <summary>Another head on a pretrained body.</summary>
public sealed class HeadBesideConfigTests
{
    [Fact]
    public void AClassifierWhoseClassesAreGiven()
    {
        Assert.Equal(
            new HeadSpec { Kind = HeadKind.SequenceClassification, Labels = 4, Tied = false, Bias = true, Pooling = PoolingKind.First, Pooler = Activation.Tanh },
            Head("bert-tiny-mlm", "Head = HeadKind.SequenceClassification, Labels = 4"));
        Assert.Equal(5, Head("bert-tiny-token-classifier", "Head = HeadKind.SequenceClassification").Labels);
        Assert.Equal(9, Head("bert-tiny-token-classifier", "Labels = 9").Labels);
        Assert.Equal(Activation.Relu, Head("distilbert-tiny", "Head = HeadKind.SequenceClassification, Labels = 2").Pooler);
        Assert.Equal(LossKind.MeanSquaredError, Head("bert-tiny-mlm", "Head = HeadKind.SequenceClassification, Labels = 1").Loss);
        Assert.Equal(HeadKind.TokenClassification, Head("roberta-tiny", "Head = HeadKind.TokenClassification, Labels = 9").Kind);
        Assert.Equal(2, Head("bert-tiny-mlm", "Head = HeadKind.SpanExtraction").Labels);
    }

    [Fact]
    public void ADropoutForIt() => Assert.Equal(0.1f, Spec(
        Configs.With("bert-tiny-mlm", "hidden_dropout_prob", "0.1"), "[Transformer(\"config.json\", Head = HeadKind.TokenClassification, Labels = 4)]").Dropout.Head);

    [Fact]
    public void SentenceEmbeddings()
    {
        var none = new HeadSpec { Kind = HeadKind.None, Tied = false, Bias = false };
        Assert.Equal(none, Head("bert-tiny-mlm", "Head = HeadKind.None"));
        Assert.Equal(
            none with { Pooling = PoolingKind.Mean, NormalizePooled = true },
            Head("bert-tiny-mlm", "Head = HeadKind.None, Pooling = PoolingKind.Mean, NormalizePooled = true"));
        Assert.Equal(
            none with { Pooling = PoolingKind.First, Pooler = Activation.Tanh },
            Head("bert-tiny-mlm", "Head = HeadKind.None, Pooling = PoolingKind.First, Pooler = true"));
    }

    [Fact]
    public void TheBodysOwnPoolerGoesWithItsOwnPooling()
    {
        const string Body = """{ "model_type": "bert", "architectures": ["BertModel"] }""";
        Assert.Equal((PoolingKind.Mean, null), Pooling(Body, "Pooling = PoolingKind.Mean"));
        Assert.Equal((PoolingKind.First, null), Pooling(Body, "Pooler = false"));
        Assert.Equal((PoolingKind.First, Activation.Tanh), Pooling(Body, "NormalizePooled = true"));
        Assert.Equal((PoolingKind.Max, Activation.Tanh), Pooling(Body, "Pooling = PoolingKind.Max, Pooler = true"));
    }

    [Fact]
    public void AHeadOfAnotherTaskNeedNotBeKnown()
        => Assert.Equal(HeadKind.None, Spec(Configs.With("bert-tiny-mlm", "architectures", "[\"BertForMultipleChoice\"]"), Attribute("Head = HeadKind.None")).Head.Kind);

    [Fact]
    public void TheConfigsOwnHeadMayBeNamed()
        => Assert.Equal(HeadKind.LanguageModel, Head("gpt2-tiny", "Head = HeadKind.LanguageModel").Kind);

    [Theory]
    [InlineData("bert-tiny-mlm", "Head = HeadKind.SequenceClassification", "TC0008", "Labels")]
    [InlineData("bert-tiny-mlm", "Head = HeadKind.SequenceClassification, Labels = 0", "TC0009", "Labels")]
    [InlineData("bert-tiny-mlm", "Head = HeadKind.LanguageModel", "TC0032", "Head")]
    [InlineData("gpt2-tiny", "Head = HeadKind.SpanExtraction", "TC0032", "Head")]
    [InlineData("gpt2-tiny", "Head = HeadKind.None", "TC0032", "Head")]
    [InlineData("t5-tiny", "Head = HeadKind.MaskedLanguageModel", "TC0032", "Head")]
    [InlineData("vit-tiny", "Head = HeadKind.MaskedLanguageModel", "TC0032", "Head")]
    [InlineData("bert-tiny-mlm", "Labels = 4", "TC0018", "Labels")]
    [InlineData("bert-tiny-mlm", "Pooling = PoolingKind.Mean", "TC0018", "Pooling")]
    [InlineData("distilbert-tiny", "Head = HeadKind.None, NormalizePooled = true", "TC0018", "NormalizePooled")]
    [InlineData("bert-tiny-mlm", "SourceLength = 4", "TC0018", "SourceLength")]
    [InlineData("bert-tiny-mlm", "TiedHead = false", "TC0019", "TiedHead")]
    public void WhatDoesNotFitIsSaid(string fixture, string values, string id, string name)
    {
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Of(Configs.Model(Configs.Fixture(fixture), Attribute(values))).Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains($"'{name}'", diagnostic.GetMessage());
    }

    private static HeadSpec Head(string fixture, string values) => Spec(Configs.Fixture(fixture), Attribute(values)).Head;

    private static (PoolingKind, Activation?) Pooling(string config, string values)
    {
        HeadSpec head = Spec(config, Attribute(values)).Head;
        return (head.Pooling, head.Pooler);
    }

    private static string Attribute(string values) => $"[Transformer(\"config.json\", {values})]";
}

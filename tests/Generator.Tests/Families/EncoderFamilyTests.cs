using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Declarations;
using static Generator.Tests.Families.ConfigSpecs;

namespace Generator.Tests.Families;

public sealed class EncoderFamilyTests
{
    [Fact]
    public void Bert()
    {
        TransformerSpec spec = Spec(Configs.Fixture("bert-tiny-mlm"));
        StackSpec stack = spec.Encoder!;
        Assert.Equal((Architecture.EncoderOnly, CheckpointFamily.Bert, 32), (spec.Architecture, spec.Checkpoint, spec.DModel));
        Assert.Equal((96, 32, 2, 4, 8), (stack.VocabularySize, stack.ContextLength, stack.Layers, stack.Attention.Heads, stack.Attention.HeadDim));
        Assert.Equal((false, true, true), (stack.Attention.Causal, stack.Attention.QueryBias, stack.Attention.OutputBias));
        Assert.Equal(new FeedForwardSpec { Dim = 64, Activation = Activation.Gelu, Gated = false, InputBias = true, OutputBias = true }, stack.FeedForward);
        Assert.Equal(new NormSpec { Kind = NormKind.LayerNorm, Placement = NormPlacement.Post, Epsilon = 1e-12f }, spec.Norm);
        Assert.Equal((PositionKind.Learned, 32, 0, -1), (stack.Position.Kind, stack.Position.LearnedLength, stack.Position.Offset, stack.Position.PaddingToken));
        Assert.Equal((true, false, 2, 0), (stack.EmbeddingNorm, stack.FinalNorm, spec.Embedding.TokenTypes, spec.Embedding.UnusedPositions));
        Assert.Equal(new HeadSpec { Kind = HeadKind.MaskedLanguageModel, Tied = true, Bias = true, Transform = Activation.Gelu }, spec.Head);
    }

    [Theory]
    [InlineData("relative_key", PositionKind.RelativeKeys)]
    [InlineData("relative_key_query", PositionKind.RelativeKeysAndQueries)]
    public void BertsRelativePositionsKeepTheTableOfAbsoluteOnes(string name, object kind)
    {
        TransformerSpec spec = Spec(Configs.With("bert-tiny-relative-key", "position_embedding_type", $"\"{name}\""), "[Transformer(\"config.json\", ContextLength = 20)]");
        Assert.Equal(((PositionKind)kind, 63, 20), (spec.Main.Position.Kind, spec.Main.Position.LearnedLength, spec.Main.ContextLength));
        Assert.Equal(32, spec.Embedding.UnusedPositions);
    }

    [Fact]
    public void BertsHeads()
    {
        Assert.Equal(
            new HeadSpec { Kind = HeadKind.SequenceClassification, Labels = 3, Tied = false, Bias = true, Pooling = PoolingKind.First, Pooler = Activation.Tanh },
            Spec(Configs.Fixture("bert-tiny-classifier")).Head);
        Assert.Equal(new HeadSpec { Kind = HeadKind.TokenClassification, Labels = 5, Tied = false, Bias = true }, Spec(Configs.Fixture("bert-tiny-token-classifier")).Head);
        Assert.Equal(new HeadSpec { Kind = HeadKind.SpanExtraction, Labels = 2, Tied = false, Bias = true }, Spec(Configs.Fixture("bert-tiny-qa")).Head);
        var body = new HeadSpec { Kind = HeadKind.None, Tied = false, Bias = false, Pooling = PoolingKind.First, Pooler = Activation.Tanh };
        Assert.Equal(body, Defaults("bert").Head);
        Assert.Equal(body, Defaults("bert", "\"architectures\": [\"BertModel\"]").Head);
        Assert.Equal(HeadKind.MaskedLanguageModel, Defaults("bert", "\"architectures\": [\"BertForPreTraining\"]").Head.Kind);
        Assert.Equal(2, Defaults("bert", "\"architectures\": [\"BertForSequenceClassification\"]").Head.Labels);
        Assert.Equal(7, Defaults("bert", "\"architectures\": [\"BertForTokenClassification\"], \"num_labels\": 7").Head.Labels);
        Refused("TC0027", "architectures", Json("bert", "\"architectures\": [\"BertForMultipleChoice\"]"));
        Refused("TC0027", "is_decoder", Json("bert", "\"is_decoder\": true"));
    }

    [Theory]
    [InlineData("null", 3, LossKind.CrossEntropy)]
    [InlineData("null", 1, LossKind.MeanSquaredError)]
    [InlineData("\"single_label_classification\"", 3, LossKind.CrossEntropy)]
    [InlineData("\"multi_label_classification\"", 3, LossKind.BinaryCrossEntropy)]
    [InlineData("\"regression\"", 2, LossKind.MeanSquaredError)]
    public void TheProblemIsTheLoss(string problem, int labels, object loss)
    {
        TransformerSpec spec = Defaults("bert", $"\"architectures\": [\"BertForSequenceClassification\"], \"num_labels\": {labels}, \"problem_type\": {problem}");
        Assert.Equal((LossKind)loss, spec.Head.Loss);
    }

    [Fact]
    public void BertsDropouts()
    {
        const string Classifier = "\"architectures\": [\"BertForTokenClassification\"], \"hidden_dropout_prob\": 0.25, \"attention_probs_dropout_prob\": 0.125";
        Assert.Equal(new DropoutSpec { Embedding = 0.25f, Attention = 0.125f, Residual = 0.25f, Head = 0.25f }, Defaults("bert", Classifier).Dropout);
        Assert.Equal(0.5f, Defaults("bert", Classifier + ", \"classifier_dropout\": 0.5").Dropout.Head);
        Assert.Equal(0, Defaults("bert", "\"architectures\": [\"BertForQuestionAnswering\"]").Dropout.Head);
    }

    [Theory]
    [InlineData("roberta", "Roberta", 50265)]
    [InlineData("xlm-roberta", "XLMRoberta", 30522)]
    [InlineData("camembert", "Camembert", 30522)]
    public void RobertasPositionsBeginAfterThePadding(string family, string prefix, int vocabulary)
    {
        TransformerSpec spec = Defaults(family, $"\"max_position_embeddings\": 514, \"type_vocab_size\": 1, \"architectures\": [\"{prefix}ForMaskedLM\"], \"hidden_act\": \"relu\"");
        Assert.Equal((vocabulary, 512, 514), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.Main.Position.LearnedLength));
        Assert.Equal((0, 1, 1), (spec.Main.Position.Offset, spec.Main.Position.PaddingToken, spec.Embedding.TokenTypes));
        Assert.Equal(new HeadSpec { Kind = HeadKind.MaskedLanguageModel, Tied = true, Bias = true, Transform = Activation.Gelu }, spec.Head);
        Assert.Equal(CheckpointFamily.Roberta, spec.Checkpoint);
        Assert.Equal(Activation.Tanh, Defaults(family, $"\"architectures\": [\"{prefix}ForSequenceClassification\"]").Head.Pooler);
    }

    [Fact]
    public void Roberta()
    {
        TransformerSpec spec = Spec(Configs.Fixture("roberta-tiny"));
        Assert.Equal((32, 34, 0, 1), (spec.Main.ContextLength, spec.Main.Position.LearnedLength, spec.Main.Position.Offset, spec.Main.Position.PaddingToken));
        Assert.Equal(31, Spec(Configs.With("roberta-tiny", "pad_token_id", "2")).Main.ContextLength);
        Refused("TC0009", "max_position_embeddings", Configs.With("roberta-tiny", "pad_token_id", "40"));
    }

    [Fact]
    public void DistilBert()
    {
        TransformerSpec spec = Spec(Configs.Fixture("distilbert-tiny"));
        StackSpec stack = spec.Encoder!;
        Assert.Equal((CheckpointFamily.DistilBert, 32, 96, 32, 2, 4), (spec.Checkpoint, spec.DModel, stack.VocabularySize, stack.ContextLength, stack.Layers, stack.Attention.Heads));
        Assert.Equal((64, 0, true, NormPlacement.Post, 1e-12f), (stack.FeedForward.Dim, spec.Embedding.TokenTypes, stack.EmbeddingNorm, spec.Norm.Placement, spec.Norm.Epsilon));
        Assert.Equal(new HeadSpec { Kind = HeadKind.MaskedLanguageModel, Tied = true, Bias = true, Transform = Activation.Gelu }, spec.Head);

        const string Classes = "\"architectures\": [\"DistilBertForSequenceClassification\"]";
        Assert.Equal((Activation.Relu, PoolingKind.First, 0.2f), (Defaults("distilbert", Classes).Head.Pooler!.Value, Defaults("distilbert", Classes).Head.Pooling, Defaults("distilbert", Classes).Dropout.Head));
        Assert.Equal(0.1f, Defaults("distilbert", "\"architectures\": [\"DistilBertForQuestionAnswering\"]").Dropout.Head);
        Assert.Equal(PoolingKind.None, Defaults("distilbert").Head.Pooling);
        Refused("TC0027", "sinusoidal_pos_embds", Json("distilbert", "\"sinusoidal_pos_embds\": true"));
    }

    [Fact]
    public void Vit()
    {
        TransformerSpec spec = Spec(Configs.Fixture("vit-tiny"));
        StackSpec stack = spec.Encoder!;
        Assert.Equal(new ImageSpec { Height = 16, Width = 16, PatchSize = 4, Channels = 3 }, spec.Embedding.Image);
        Assert.Equal((CheckpointFamily.Vit, 32, 17, 17, 0), (spec.Checkpoint, spec.DModel, stack.ContextLength, stack.Position.LearnedLength, stack.VocabularySize));
        Assert.Equal((NormPlacement.Pre, true, false), (spec.Norm.Placement, stack.FinalNorm, stack.EmbeddingNorm));
        Assert.Equal(new HeadSpec { Kind = HeadKind.SequenceClassification, Labels = 5, Tied = false, Bias = true, Pooling = PoolingKind.First }, spec.Head);
        Assert.Equal(Activation.Tanh, Defaults("vit").Head.Pooler);
        Assert.False(Defaults("vit", "\"qkv_bias\": false").Main.Attention.KeyBias);
        Refused("TC0027", "pooler_output_size", Json("vit", "\"pooler_output_size\": 100"));
        Refused("TC0027", "pooler_act", Json("vit", "\"pooler_act\": \"relu\""));
        Refused("TC0009", "patch_size", Configs.With("vit-tiny", "patch_size", "5"));
    }

    [Theory]
    [InlineData("bert", 30522, 512, 768, 12)]
    [InlineData("roberta", 50265, 510, 768, 12)]
    [InlineData("distilbert", 30522, 512, 768, 6)]
    [InlineData("vit", 0, 197, 768, 12)]
    public void MissingKeysHaveTheLibrarysDefaults(string family, int vocabulary, int context, int width, int layers)
    {
        TransformerSpec spec = Defaults(family);
        Assert.Equal((vocabulary, context, width, layers), (spec.Main.VocabularySize, spec.Main.ContextLength, spec.DModel, spec.Main.Layers));
    }
}

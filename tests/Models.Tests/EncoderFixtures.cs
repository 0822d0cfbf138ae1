using Transformer.Compiled;

namespace Models.Tests;

/// <summary>The reference encoders and encoder–decoders of tests/Fixtures, each compiled from its own config.json.</summary>
public static partial class EncoderFixtures
{
    public static IReadOnlyDictionary<string, CompiledEncoder> Encoders { get; } = new Dictionary<string, CompiledEncoder>
    {
        ["bert-tiny-mlm"] = new(BertMlm.Weights.Load, w => new BertMlm.Encoder((BertMlm.Weights)w), (w, o) => new BertMlm.Trainer((BertMlm.Weights)w, o)),
        ["bert-tiny-classifier"] = new(
            BertClassifier.Weights.Load, w => new BertClassifier.Encoder((BertClassifier.Weights)w), (w, o) => new BertClassifier.Trainer((BertClassifier.Weights)w, o)),
        ["bert-tiny-token-classifier"] = new(BertTokens.Weights.Load, w => new BertTokens.Encoder((BertTokens.Weights)w), (w, o) => new BertTokens.Trainer((BertTokens.Weights)w, o)),
        ["bert-tiny-qa"] = new(BertAnswers.Weights.Load, w => new BertAnswers.Encoder((BertAnswers.Weights)w), (w, o) => new BertAnswers.Trainer((BertAnswers.Weights)w, o)),
        ["bert-tiny-relative-key"] = new(
            BertRelative.Weights.Load, w => new BertRelative.Encoder((BertRelative.Weights)w), (w, o) => new BertRelative.Trainer((BertRelative.Weights)w, o)),
        ["distilbert-tiny"] = new(DistilBert.Weights.Load, w => new DistilBert.Encoder((DistilBert.Weights)w), (w, o) => new DistilBert.Trainer((DistilBert.Weights)w, o)),
        ["roberta-tiny"] = new(Roberta.Weights.Load, w => new Roberta.Encoder((Roberta.Weights)w), (w, o) => new Roberta.Trainer((Roberta.Weights)w, o)),
        ["vit-tiny"] = new(Vit.Weights.Load, w => new Vit.Encoder((Vit.Weights)w), (w, o) => new Vit.Trainer((Vit.Weights)w, o)),
    };

    public static IReadOnlyDictionary<string, CompiledPair> Pairs { get; } = new Dictionary<string, CompiledPair>
    {
        ["marian-tiny"] = new(Marian.Weights.Load, w => new Marian.Session((Marian.Weights)w), (w, o) => new Marian.Trainer((Marian.Weights)w, o)),
        ["bart-tiny"] = new(Bart.Weights.Load, w => new Bart.Session((Bart.Weights)w), (w, o) => new Bart.Trainer((Bart.Weights)w, o)),
        ["t5-tiny"] = new(T5.Weights.Load, w => new T5.Session((T5.Weights)w), (w, o) => new T5.Trainer((T5.Weights)w, o)),
        ["t5-gated-tiny"] = new(T5Gated.Weights.Load, w => new T5Gated.Session((T5Gated.Weights)w), (w, o) => new T5Gated.Trainer((T5Gated.Weights)w, o)),
    };

    [Transformer("../Fixtures/bert-tiny-mlm/config.json"), Training(BatchSize = 2, SequenceLength = 16), Inference(Batch = 2)]
    public sealed partial class BertMlm;

    [Transformer("../Fixtures/bert-tiny-classifier/config.json"), Training(BatchSize = 2, SequenceLength = 16), Inference(Batch = 2)]
    public sealed partial class BertClassifier;

    [Transformer("../Fixtures/bert-tiny-token-classifier/config.json"), Training(BatchSize = 2, SequenceLength = 16), Inference(Batch = 2)]
    public sealed partial class BertTokens;

    [Transformer("../Fixtures/bert-tiny-qa/config.json"), Training(BatchSize = 2, SequenceLength = 16), Inference(Batch = 2)]
    public sealed partial class BertAnswers;

    [Transformer("../Fixtures/bert-tiny-relative-key/config.json"), Training(BatchSize = 2, SequenceLength = 16), Inference(Batch = 2)]
    public sealed partial class BertRelative;

    [Transformer("../Fixtures/distilbert-tiny/config.json"), Training(BatchSize = 2, SequenceLength = 16), Inference(Batch = 2)]
    public sealed partial class DistilBert;

    [Transformer("../Fixtures/roberta-tiny/config.json"), Training(BatchSize = 2, SequenceLength = 16), Inference(Batch = 2)]
    public sealed partial class Roberta;

    [Transformer("../Fixtures/vit-tiny/config.json"), Training(BatchSize = 2), Inference(Batch = 2)]
    public sealed partial class Vit;

    [Transformer("../Fixtures/marian-tiny/config.json"), Training(BatchSize = 2, SequenceLength = 7, SourceLength = 11), Inference(PrefillChunk = 3)]
    public sealed partial class Marian;

    [Transformer("../Fixtures/bart-tiny/config.json"), Training(BatchSize = 2, SequenceLength = 7, SourceLength = 11), Inference(PrefillChunk = 3)]
    public sealed partial class Bart;

    [Transformer("../Fixtures/t5-tiny/config.json"), Training(BatchSize = 2, SequenceLength = 7, SourceLength = 11), Inference(PrefillChunk = 3)]
    public sealed partial class T5;

    [Transformer("../Fixtures/t5-gated-tiny/config.json"), Training(BatchSize = 2, SequenceLength = 7, SourceLength = 40), Inference(PrefillChunk = 3)]
    public sealed partial class T5Gated;
}

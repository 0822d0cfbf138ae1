using Transformer.Compiled;

namespace Models.Tests;

/// <summary>The reference encoders and encoder–decoders of tests/Fixtures, each compiled from its own config.json.</summary>
public static partial class EncoderFixtures
{
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

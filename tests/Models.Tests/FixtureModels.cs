using Transformer.Compiled;

namespace Models.Tests;

/// <summary>The reference models of tests/Fixtures, each compiled from its own config.json.</summary>
public static partial class FixtureModels
{
    [Transformer("../Fixtures/gpt2-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class Gpt2Tiny;

    [Transformer("../Fixtures/llama-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class LlamaTiny;

    [Transformer("../Fixtures/qwen2-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class Qwen2Tiny;

    [Transformer("../Fixtures/mistral-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class MistralTiny;

    [Transformer("../Fixtures/llama3-rope-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 40)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class Llama3RopeTiny;

    [Transformer("../Fixtures/gemma-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class GemmaTiny;

    [Transformer("../Fixtures/gpt-neox-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class GptNeoxTiny;

    [Transformer("../Fixtures/phi-tiny/config.json")]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class PhiTiny;

    [Transformer("../Fixtures/bloom-tiny/config.json", ContextLength = 32)]
    [Training(BatchSize = 2, SequenceLength = 16)]
    [Inference(PrefillChunk = 5)]
    public sealed partial class BloomTiny;
}

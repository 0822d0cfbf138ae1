using Transformer.Compiled;

namespace Models.Tests;

/// <summary>The reference models of tests/Fixtures, each compiled from its own config.json.</summary>
public static partial class FixtureModels
{
    public static IReadOnlyDictionary<string, CompiledModel> All { get; } = new Dictionary<string, CompiledModel>
    {
        ["gpt2-tiny"] = new CompiledModel(
                Gpt2Tiny.Weights.Load,
                Gpt2Tiny.Weights.Initialize,
                (weights, team) => new Gpt2Tiny.Session((Gpt2Tiny.Weights)weights, team),
                (weights, optimizer, options) => new Gpt2Tiny.Trainer((Gpt2Tiny.Weights)weights, optimizer, options)),
        ["llama-tiny"] = new CompiledModel(
                LlamaTiny.Weights.Load,
                LlamaTiny.Weights.Initialize,
                (weights, team) => new LlamaTiny.Session((LlamaTiny.Weights)weights, team),
                (weights, optimizer, options) => new LlamaTiny.Trainer((LlamaTiny.Weights)weights, optimizer, options)),
        ["qwen2-tiny"] = new CompiledModel(
                Qwen2Tiny.Weights.Load,
                Qwen2Tiny.Weights.Initialize,
                (weights, team) => new Qwen2Tiny.Session((Qwen2Tiny.Weights)weights, team),
                (weights, optimizer, options) => new Qwen2Tiny.Trainer((Qwen2Tiny.Weights)weights, optimizer, options)),
        ["mistral-tiny"] = new CompiledModel(
                MistralTiny.Weights.Load,
                MistralTiny.Weights.Initialize,
                (weights, team) => new MistralTiny.Session((MistralTiny.Weights)weights, team),
                (weights, optimizer, options) => new MistralTiny.Trainer((MistralTiny.Weights)weights, optimizer, options)),
        ["llama3-rope-tiny"] = new CompiledModel(
                Llama3RopeTiny.Weights.Load,
                Llama3RopeTiny.Weights.Initialize,
                (weights, team) => new Llama3RopeTiny.Session((Llama3RopeTiny.Weights)weights, team),
                (weights, optimizer, options) => new Llama3RopeTiny.Trainer((Llama3RopeTiny.Weights)weights, optimizer, options)),
        ["gemma-tiny"] = new CompiledModel(
                GemmaTiny.Weights.Load,
                GemmaTiny.Weights.Initialize,
                (weights, team) => new GemmaTiny.Session((GemmaTiny.Weights)weights, team),
                (weights, optimizer, options) => new GemmaTiny.Trainer((GemmaTiny.Weights)weights, optimizer, options)),
        ["gpt-neox-tiny"] = new CompiledModel(
                GptNeoxTiny.Weights.Load,
                GptNeoxTiny.Weights.Initialize,
                (weights, team) => new GptNeoxTiny.Session((GptNeoxTiny.Weights)weights, team),
                (weights, optimizer, options) => new GptNeoxTiny.Trainer((GptNeoxTiny.Weights)weights, optimizer, options)),
        ["phi-tiny"] = new CompiledModel(
                PhiTiny.Weights.Load,
                PhiTiny.Weights.Initialize,
                (weights, team) => new PhiTiny.Session((PhiTiny.Weights)weights, team),
                (weights, optimizer, options) => new PhiTiny.Trainer((PhiTiny.Weights)weights, optimizer, options)),
        ["bloom-tiny"] = new CompiledModel(
                BloomTiny.Weights.Load,
                BloomTiny.Weights.Initialize,
                (weights, team) => new BloomTiny.Session((BloomTiny.Weights)weights, team),
                (weights, optimizer, options) => new BloomTiny.Trainer((BloomTiny.Weights)weights, optimizer, options)),
    };

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

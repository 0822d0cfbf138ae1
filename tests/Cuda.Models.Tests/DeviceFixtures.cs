using Transformer.Compiled;
using Transformer.Compiled.Cuda.Tests;

namespace Models.Tests;

public static partial class FixtureModels
{
    /// <summary>On the device, by the folders' names.</summary>
    public static IReadOnlyDictionary<string, CompiledModel> All { get; } = new Dictionary<string, CompiledModel>
    {
        ["gpt2-tiny"] = new CompiledModel(
                Gpt2Tiny.Weights.Load,
                Gpt2Tiny.Weights.Initialize,
                (weights, _) => new Gpt2Tiny.CudaSession((Gpt2Tiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new Gpt2Tiny.CudaTrainer((Gpt2Tiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["llama-tiny"] = new CompiledModel(
                LlamaTiny.Weights.Load,
                LlamaTiny.Weights.Initialize,
                (weights, _) => new LlamaTiny.CudaSession((LlamaTiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new LlamaTiny.CudaTrainer((LlamaTiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["qwen2-tiny"] = new CompiledModel(
                Qwen2Tiny.Weights.Load,
                Qwen2Tiny.Weights.Initialize,
                (weights, _) => new Qwen2Tiny.CudaSession((Qwen2Tiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new Qwen2Tiny.CudaTrainer((Qwen2Tiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["mistral-tiny"] = new CompiledModel(
                MistralTiny.Weights.Load,
                MistralTiny.Weights.Initialize,
                (weights, _) => new MistralTiny.CudaSession((MistralTiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new MistralTiny.CudaTrainer((MistralTiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["llama3-rope-tiny"] = new CompiledModel(
                Llama3RopeTiny.Weights.Load,
                Llama3RopeTiny.Weights.Initialize,
                (weights, _) => new Llama3RopeTiny.CudaSession((Llama3RopeTiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new Llama3RopeTiny.CudaTrainer((Llama3RopeTiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["gemma-tiny"] = new CompiledModel(
                GemmaTiny.Weights.Load,
                GemmaTiny.Weights.Initialize,
                (weights, _) => new GemmaTiny.CudaSession((GemmaTiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new GemmaTiny.CudaTrainer((GemmaTiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["gpt-neox-tiny"] = new CompiledModel(
                GptNeoxTiny.Weights.Load,
                GptNeoxTiny.Weights.Initialize,
                (weights, _) => new GptNeoxTiny.CudaSession((GptNeoxTiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new GptNeoxTiny.CudaTrainer((GptNeoxTiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["phi-tiny"] = new CompiledModel(
                PhiTiny.Weights.Load,
                PhiTiny.Weights.Initialize,
                (weights, _) => new PhiTiny.CudaSession((PhiTiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new PhiTiny.CudaTrainer((PhiTiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
        ["bloom-tiny"] = new CompiledModel(
                BloomTiny.Weights.Load,
                BloomTiny.Weights.Initialize,
                (weights, _) => new BloomTiny.CudaSession((BloomTiny.Weights)weights, DeviceUnderTest.Context),
                (weights, optimizer, options) => new BloomTiny.CudaTrainer((BloomTiny.Weights)weights, optimizer, options, DeviceUnderTest.Context)),
    };

    [Cuda]
    public sealed partial class Gpt2Tiny;

    [Cuda]
    public sealed partial class LlamaTiny;

    [Cuda]
    public sealed partial class Qwen2Tiny;

    [Cuda]
    public sealed partial class MistralTiny;

    [Cuda]
    public sealed partial class Llama3RopeTiny;

    [Cuda]
    public sealed partial class GemmaTiny;

    [Cuda]
    public sealed partial class GptNeoxTiny;

    [Cuda]
    public sealed partial class PhiTiny;

    [Cuda]
    public sealed partial class BloomTiny;
}

public static partial class EncoderFixtures
{
    /// <summary>On the device, by the folders' names.</summary>
    public static IReadOnlyDictionary<string, CompiledEncoder> Encoders { get; } = new Dictionary<string, CompiledEncoder>
    {
        ["bert-tiny-mlm"] = new(BertMlm.Weights.Load, w => new BertMlm.CudaEncoder((BertMlm.Weights)w, DeviceUnderTest.Context), (w, o) => new BertMlm.CudaTrainer((BertMlm.Weights)w, o, context: DeviceUnderTest.Context)),
        ["bert-tiny-classifier"] = new(
            BertClassifier.Weights.Load, w => new BertClassifier.CudaEncoder((BertClassifier.Weights)w, DeviceUnderTest.Context), (w, o) => new BertClassifier.CudaTrainer((BertClassifier.Weights)w, o, context: DeviceUnderTest.Context)),
        ["bert-tiny-token-classifier"] = new(BertTokens.Weights.Load, w => new BertTokens.CudaEncoder((BertTokens.Weights)w, DeviceUnderTest.Context), (w, o) => new BertTokens.CudaTrainer((BertTokens.Weights)w, o, context: DeviceUnderTest.Context)),
        ["bert-tiny-qa"] = new(BertAnswers.Weights.Load, w => new BertAnswers.CudaEncoder((BertAnswers.Weights)w, DeviceUnderTest.Context), (w, o) => new BertAnswers.CudaTrainer((BertAnswers.Weights)w, o, context: DeviceUnderTest.Context)),
        ["bert-tiny-relative-key"] = new(
            BertRelative.Weights.Load, w => new BertRelative.CudaEncoder((BertRelative.Weights)w, DeviceUnderTest.Context), (w, o) => new BertRelative.CudaTrainer((BertRelative.Weights)w, o, context: DeviceUnderTest.Context)),
        ["distilbert-tiny"] = new(DistilBert.Weights.Load, w => new DistilBert.CudaEncoder((DistilBert.Weights)w, DeviceUnderTest.Context), (w, o) => new DistilBert.CudaTrainer((DistilBert.Weights)w, o, context: DeviceUnderTest.Context)),
        ["roberta-tiny"] = new(Roberta.Weights.Load, w => new Roberta.CudaEncoder((Roberta.Weights)w, DeviceUnderTest.Context), (w, o) => new Roberta.CudaTrainer((Roberta.Weights)w, o, context: DeviceUnderTest.Context)),
        ["vit-tiny"] = new(Vit.Weights.Load, w => new Vit.CudaEncoder((Vit.Weights)w, DeviceUnderTest.Context), (w, o) => new Vit.CudaTrainer((Vit.Weights)w, o, context: DeviceUnderTest.Context)),
    };

    /// <inheritdoc cref="Encoders"/>
    public static IReadOnlyDictionary<string, CompiledPair> Pairs { get; } = new Dictionary<string, CompiledPair>
    {
        ["marian-tiny"] = new(Marian.Weights.Load, w => new Marian.CudaSession((Marian.Weights)w, DeviceUnderTest.Context), (w, o) => new Marian.CudaTrainer((Marian.Weights)w, o, context: DeviceUnderTest.Context)),
        ["bart-tiny"] = new(Bart.Weights.Load, w => new Bart.CudaSession((Bart.Weights)w, DeviceUnderTest.Context), (w, o) => new Bart.CudaTrainer((Bart.Weights)w, o, context: DeviceUnderTest.Context)),
        ["t5-tiny"] = new(T5.Weights.Load, w => new T5.CudaSession((T5.Weights)w, DeviceUnderTest.Context), (w, o) => new T5.CudaTrainer((T5.Weights)w, o, context: DeviceUnderTest.Context)),
        ["t5-gated-tiny"] = new(T5Gated.Weights.Load, w => new T5Gated.CudaSession((T5Gated.Weights)w, DeviceUnderTest.Context), (w, o) => new T5Gated.CudaTrainer((T5Gated.Weights)w, o, context: DeviceUnderTest.Context)),
    };

    [Cuda]
    public sealed partial class BertMlm;

    [Cuda]
    public sealed partial class BertClassifier;

    [Cuda]
    public sealed partial class BertTokens;

    [Cuda]
    public sealed partial class BertAnswers;

    [Cuda]
    public sealed partial class BertRelative;

    [Cuda]
    public sealed partial class DistilBert;

    [Cuda]
    public sealed partial class Roberta;

    [Cuda]
    public sealed partial class Vit;

    [Cuda]
    public sealed partial class Marian;

    [Cuda]
    public sealed partial class Bart;

    [Cuda]
    public sealed partial class T5;

    [Cuda]
    public sealed partial class T5Gated;
}

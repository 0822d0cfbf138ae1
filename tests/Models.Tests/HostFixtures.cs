namespace Models.Tests;

public static partial class FixtureModels
{
    /// <summary>On the CPU, by the folders' names.</summary>
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
}

public static partial class EncoderFixtures
{
    /// <summary>On the CPU, by the folders' names.</summary>
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

    /// <inheritdoc cref="Encoders"/>
    public static IReadOnlyDictionary<string, CompiledPair> Pairs { get; } = new Dictionary<string, CompiledPair>
    {
        ["marian-tiny"] = new(Marian.Weights.Load, w => new Marian.Session((Marian.Weights)w), (w, o) => new Marian.Trainer((Marian.Weights)w, o)),
        ["bart-tiny"] = new(Bart.Weights.Load, w => new Bart.Session((Bart.Weights)w), (w, o) => new Bart.Trainer((Bart.Weights)w, o)),
        ["t5-tiny"] = new(T5.Weights.Load, w => new T5.Session((T5.Weights)w), (w, o) => new T5.Trainer((T5.Weights)w, o)),
        ["t5-gated-tiny"] = new(T5Gated.Weights.Load, w => new T5Gated.Session((T5Gated.Weights)w), (w, o) => new T5Gated.Trainer((T5Gated.Weights)w, o)),
    };
}

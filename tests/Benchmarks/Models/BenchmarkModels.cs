namespace Transformer.Compiled.Benchmarks;

/// <summary>The training shape that peers are measured at: d 384, 6 heads, 6 layers, 256 tokens, vocabulary 65, batch 4.</summary>
[Transformer(VocabularySize = 65, ContextLength = 256, DModel = 384, Heads = 6, Layers = 6)]
[Training(BatchSize = 4, SequenceLength = 256)]
internal sealed partial class SmallGpt;

/// <summary>GPT-2 with 124 million parameters, trained on four sequences of 64 tokens: what llm.c's train_gpt2 does without choices.</summary>
[Transformer(VocabularySize = 50257, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 12)]
[Training(BatchSize = 4, SequenceLength = 64)]
internal sealed partial class Gpt2;

/// <summary>The character model of the Tiny Shakespeare recipe.</summary>
[Transformer(VocabularySize = 65, ContextLength = 64, DModel = 128, Heads = 4, Layers = 4)]
[Training(BatchSize = 12, SequenceLength = 64)]
internal sealed partial class ShakespeareGpt;

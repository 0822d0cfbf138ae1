namespace Transformer.Compiled.Models;

/// <summary>A character-level GPT of 0.8 million parameters: small enough to learn a text in a minute or two on two cores.</summary>
[Transformer(VocabularySize = 256, ContextLength = 64, DModel = 128, Heads = 4, Layers = 4)]
[Training(BatchSize = 12, SequenceLength = 64)]
public sealed partial class CharGpt;

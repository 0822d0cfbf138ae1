namespace Transformer.Compiled.Models.Numbers;

/// <summary>Translates the words of a number into Chinese numerals.</summary>
[Transformer(
    Architecture = Architecture.EncoderDecoder, SourceVocabularySize = 32, SourceLength = 11, VocabularySize = 18, ContextLength = 12,
    DModel = 64, Heads = 4, Layers = 2, Position = PositionKind.Rotary)]
[Training(BatchSize = 128)]
[Inference(Batch = NumberOptions.MostBeams)]
[CaptureAttention]
public sealed partial class NumberTranslator;

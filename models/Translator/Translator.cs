namespace Transformer.Compiled.Models.Translation;

/// <summary>
/// The transformer of Vaswani et al. (2017), small, for sentences as characters: norms after the sublayers and after each stack, sinusoidal
/// positions, embeddings · √<c>DModel</c>. The vocabularies are those of Tatoeba's English and Chinese sentences.
/// </summary>
[Transformer(
    Architecture = Architecture.EncoderDecoder, SourceVocabularySize = 79, SourceLength = 64, VocabularySize = 3399, ContextLength = 32,
    DModel = 128, Heads = 4, Layers = 2, FeedForwardDim = 512, Activation = Activation.Relu, NormPlacement = NormPlacement.Post, FinalNorm = true,
    Position = PositionKind.Sinusoidal, PairLayout = PairLayout.Interleaved, EmbeddingScale = 11.313708498984761, TiedHead = false, HeadBias = true,
    EmbeddingDropout = 0.1, AttentionDropout = 0.1, ResidualDropout = 0.1, FeedForwardDropout = 0.1, Initialization = InitializationKind.XavierAll)]
[Training(BatchSize = 64)]
[Inference(Batch = SentenceOptions.MostBeams)]
public sealed partial class Translator;

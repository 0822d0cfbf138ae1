using Transformer.Compiled.Benchmarks.Formats;

namespace Transformer.Compiled.Benchmarks;

/// <summary>A Llama of 110 million parameters: d 768, 12 layers, 12 heads, feed-forward 2048, vocabulary 32000.</summary>
[Transformer("llama-110m")]
[Inference(PrefillChunk = 512)]
internal sealed partial class Llama110M
{
    public static LlamaShape Shape => new(VocabularySize, ContextLength, DModel, Layers, Heads: 12, KeyValueHeads: 12, FeedForwardDim: 2048);
}

/// <summary>A Llama of 15 million parameters: d 288, 6 layers, 6 heads, feed-forward 768, vocabulary 32000.</summary>
[Transformer("llama-15m")]
internal sealed partial class Llama15M
{
    public static LlamaShape Shape => new(VocabularySize, ContextLength, DModel, Layers, Heads: 6, KeyValueHeads: 6, FeedForwardDim: 768);
}

/// <summary>The TinyStories model of 260,000 parameters: d 64, 5 layers, 8 heads, 4 of keys and values, feed-forward 172, vocabulary 512.</summary>
[Transformer("stories-260k")]
internal sealed partial class Stories260K
{
    public static LlamaShape Shape => new(VocabularySize, ContextLength, DModel, Layers, Heads: 8, KeyValueHeads: 4, FeedForwardDim: 172);
}

/// <summary><see cref="Stories260K"/>, which writes eight stories side by side.</summary>
[Transformer("stories-260k")]
[Inference(Batch = 8)]
internal sealed partial class Stories260KRows;

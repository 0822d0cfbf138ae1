namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>The sizes of a Llama whose head is its embedding, as the files of other programs state them.</summary>
internal sealed record LlamaShape(int VocabularySize, int ContextLength, int DModel, int Layers, int Heads, int KeyValueHeads, int FeedForwardDim)
{
    public int HeadDim => DModel / Heads;

    public int KeyValueDim => KeyValueHeads * HeadDim;
}

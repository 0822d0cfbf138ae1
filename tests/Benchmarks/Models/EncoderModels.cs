namespace Transformer.Compiled.Benchmarks;

/// <summary>A BERT of 110 million parameters: d 768, 12 layers, 12 heads, feed-forward 3072, vocabulary 30522.</summary>
[Transformer("bert-base")]
internal sealed partial class BertBase;

/// <summary>The sizes of MiniLM-L6: d 384, 6 layers, 12 heads, feed-forward 1536, vocabulary 30522.</summary>
[Transformer("minilm-l6")]
internal sealed partial class MiniLm;

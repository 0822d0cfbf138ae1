namespace Transformer.Compiled.Models.Sentences;

/// <summary>A sentence's embedding: the mean of its tokens' states, of length 1. Of the sizes of all-MiniLM-L6-v2 unless the build names another folder.</summary>
[Transformer("sentence-embedding", Head = HeadKind.None, Pooling = PoolingKind.Mean, NormalizePooled = true)]
public sealed partial class SentenceModel;

namespace Transformer.Compiled.Generator.Declarations;

/// <summary>The largest sizes that a model may have. They keep every index within one tensor in an int and every offset in an nint.</summary>
internal static class SpecLimits
{
    public const int VocabularySize = 1 << 24;
    public const int ContextLength = 1 << 24;
    public const int DModel = 1 << 16;
    public const int Layers = 1 << 10;
    public const int Heads = 1 << 12;
    public const int HeadDim = 1 << 10;

    /// <summary>Of the query heads that share one key/value head, together: their rows fit into a kernel's scratch.</summary>
    public const int SharedHeadsWidth = 1 << 16;
    public const int FeedForwardDim = 1 << 20;
    public const int BatchSize = 1 << 16;
    public const int DecodedRows = 1 << 12;
    public const int ImageSide = 1 << 14;
    public const int TokensPerBatch = 1 << 24;
    public const long TensorElements = int.MaxValue;
}

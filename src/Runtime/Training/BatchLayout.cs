namespace Transformer.Compiled.Training;

/// <summary>A buffer of a batch: <paramref name="Length"/> four-byte elements; none where the model has no such input.</summary>
internal readonly record struct BatchRegion(string Name, nint Offset, int Length);

/// <summary>Which buffers the batches of a trainer have, and where each one is in a batch's memory.</summary>
internal sealed class BatchLayout
{
    private readonly List<BatchRegion> _regions = [];
    private List<string>? _names;
    private Memory.MemoryPlan _plan;

    public BatchLayout(in TrainerShape shape)
    {
        bool hasTokens = shape.VocabularySize > 0;
        Tokens = Take(nameof(Tokens), hasTokens ? shape.Rows : 0);
        TokenTypes = Take(nameof(TokenTypes), shape.TokenTypes > 0 ? shape.Rows : 0);
        AttentionMask = Take(nameof(AttentionMask), shape.HasAttentionMask ? shape.Rows : 0);
        Sources = Take(nameof(Sources), shape.SourceRows);
        SourceMask = Take(nameof(SourceMask), shape.SourceRows);
        Pixels = Take(nameof(Pixels), checked(shape.BatchSize * shape.PixelFloats));
        InputScale = Take(nameof(InputScale), shape.HasInputScale ? shape.Rows : 0);
        PairMask = Take(nameof(PairMask), shape.PairMask == Compiled.PairMask.None ? 0 : checked(shape.Rows * shape.SequenceLength));
        Targets = Take(nameof(Targets), TargetCount(shape));
        TargetValues = Take(nameof(TargetValues), TargetValueCount(shape));
    }

    /// <summary>The buffers that there are, as the properties of <see cref="TrainingBatch"/> are called.</summary>
    public IReadOnlyList<string> Names => _names ??= _regions.ConvertAll(region => region.Name);

    /// <summary>The same, with their places.</summary>
    public IReadOnlyList<BatchRegion> Regions => _regions;

    /// <summary>Four-byte elements of a batch's memory.</summary>
    public nint Length => _plan.Length;

    public BatchRegion Tokens { get; }

    public BatchRegion TokenTypes { get; }

    public BatchRegion AttentionMask { get; }

    public BatchRegion Sources { get; }

    public BatchRegion SourceMask { get; }

    public BatchRegion Pixels { get; }

    public BatchRegion InputScale { get; }

    public BatchRegion PairMask { get; }

    public BatchRegion Targets { get; }

    public BatchRegion TargetValues { get; }

    private BatchRegion Take(string name, int length)
    {
        var region = new BatchRegion(name, _plan.Take(length), length);
        if (length > 0) _regions.Add(region);
        return region;
    }

    private static int TargetCount(in TrainerShape shape) => shape.Targets switch
    {
        TargetKind.Token => shape.Rows,
        TargetKind.Sequence => shape.BatchSize,
        TargetKind.Span => checked(2 * shape.BatchSize),
        _ => 0,
    };

    private static int TargetValueCount(in TrainerShape shape) => shape.Targets switch
    {
        TargetKind.Values => checked(shape.BatchSize * shape.LabelCount),
        TargetKind.TokenValues => checked(shape.Rows * shape.LabelCount),
        _ => 0,
    };
}

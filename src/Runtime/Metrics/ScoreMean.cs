namespace Transformer.Compiled.Metrics;

/// <summary>The mean of scores, each member by itself: the mean F1 is not the F1 of the means.</summary>
internal struct ScoreMean
{
    private double _precision;
    private double _recall;
    private double _f1;

    /// <summary>Number of scores.</summary>
    public long Count { get; private set; }

    /// <summary>All 0 when there are no scores.</summary>
    public readonly PrecisionRecallF1 Value =>
        new(Ratio.Of(_precision, Count), Ratio.Of(_recall, Count), Ratio.Of(_f1, Count));

    public void Add(PrecisionRecallF1 score)
    {
        _precision += score.Precision;
        _recall += score.Recall;
        _f1 += score.F1;
        Count++;
    }
}

namespace Transformer.Compiled.Metrics;

/// <summary>Receiver operating characteristic of a binary classifier's scores, and the area under it.</summary>
/// <remarks>
/// The curve has one point for each distinct score, so that equal scores make one sloped segment (Fawcett 2006, algorithms 1 and 2). The area
/// is the probability that a positive scores above a negative, a tie counting half; it is found in integers, and rounded once.
/// One thread at a time.
/// </remarks>
public sealed class RocCurve
{
    private readonly List<double> _scores = [];
    private readonly List<bool> _targets = [];
    private long _positives;

    /// <summary>Examples that were added.</summary>
    public int Count => _scores.Count;

    /// <summary>Adds an example.</summary>
    /// <param name="score">The higher, the likelier positive; infinities are allowed, NaN is not.</param>
    /// <param name="target">Whether it is positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The score is NaN.</exception>
    public void Add(double score, bool target)
    {
        if (double.IsNaN(score)) throw new ArgumentOutOfRangeException(nameof(score), score, "The score is not a number.");
        _scores.Add(score);
        _targets.Add(target);
        if (target) _positives++;
    }

    /// <summary>The area under the curve, in [0, 1]; a half is chance.</summary>
    /// <exception cref="InvalidOperationException">There is no positive or no negative, so that no curve is defined.</exception>
    public double Area()
    {
        UInt128 twiceArea = 0;
        ulong negatives = 0;
        ulong positives = 0;
        foreach ((_, long falsePositives, long truePositives) in Counts())
        {
            twiceArea += (UInt128)((ulong)falsePositives - negatives) * ((ulong)truePositives + positives);
            negatives = (ulong)falsePositives;
            positives = (ulong)truePositives;
        }
        return (double)twiceArea / (double)(2 * (UInt128)negatives * positives);
    }

    /// <summary>The points of the curve, from (0, 0) at threshold ∞ to (1, 1) at the lowest score.</summary>
    /// <exception cref="InvalidOperationException">There is no positive or no negative, so that no curve is defined.</exception>
    public RocPoint[] Points()
    {
        List<(double Threshold, long FalsePositives, long TruePositives)> counts = Counts();
        double negatives = Count - _positives;
        var points = new RocPoint[counts.Count + 1];
        points[0] = new RocPoint(double.PositiveInfinity, 0, 0);
        for (int i = 0; i < counts.Count; i++)
            points[i + 1] = new RocPoint(counts[i].Threshold, counts[i].FalsePositives / negatives, counts[i].TruePositives / (double)_positives);
        return points;
    }

    /// <summary>For each distinct score, the highest first: the negatives and positives at or above it.</summary>
    private List<(double Threshold, long FalsePositives, long TruePositives)> Counts()
    {
        if (_positives == 0 || _positives == Count)
            throw new InvalidOperationException($"A ROC curve needs positives and negatives; {_positives} of {Count} examples are positive.");

        double[] scores = [.. _scores];
        bool[] targets = [.. _targets];
        Array.Sort(scores, targets);

        var counts = new List<(double, long, long)>();
        long falsePositives = 0;
        long truePositives = 0;
        for (int i = scores.Length - 1; i >= 0; i--)
        {
            if (targets[i]) truePositives++;
            else falsePositives++;
            if (i == 0 || scores[i - 1] != scores[i]) counts.Add((scores[i], falsePositives, truePositives));
        }
        return counts;
    }
}

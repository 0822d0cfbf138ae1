using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

public sealed class RocCurveTests
{
    /// <summary>
    /// The 20 instances of figure 3 in Fawcett 2006. Of their 100 pairs, 68 have the positive above (10 + 10 + 9 + 9 + 9 + 7 + 6 + 5 + 2 + 1,
    /// from the highest positive down); the paper names the point (0.1, 0.5) at threshold 0.54.
    /// </summary>
    [Fact]
    public void FawcettsExampleHasItsCurve()
    {
        double[] scores = [.9, .8, .7, .6, .55, .54, .53, .52, .51, .505, .4, .39, .38, .37, .36, .35, .34, .33, .30, .1];
        const string Classes = "ppnpppnnpnpnpnnnpnpn";
        var curve = new RocCurve();
        for (int i = 0; i < scores.Length; i++) curve.Add(scores[i], Classes[i] == 'p');
        Assert.Equal(0.68, curve.Area());
        Assert.Contains(new RocPoint(0.54, 0.1, 0.5), curve.Points());
    }

    /// <summary>The example in scikit-learn's documentation of roc_curve and roc_auc_score.</summary>
    [Fact]
    public void PointsAreThoseOfScikitLearn()
    {
        RocCurve curve = Curve([(0.1, false), (0.4, false), (0.35, true), (0.8, true)]);
        Assert.Equal([new(double.PositiveInfinity, 0, 0), new(0.8, 0, 0.5), new(0.4, 0.5, 0.5), new(0.35, 0.5, 1), new(0.1, 1, 1)], curve.Points());
        Assert.Equal(0.75, curve.Area());
    }

    /// <summary>All scores equal: one segment from corner to corner, whatever the order.</summary>
    [Fact]
    public void TiesMakeOneSegment()
    {
        RocCurve curve = Curve([(1, true), (1, false), (1, true), (1, false), (1, false)]);
        Assert.Equal([new(double.PositiveInfinity, 0, 0), new(1, 1, 1)], curve.Points());
        Assert.Equal(0.5, curve.Area());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1000)]
    public void TheAreaIsTheProbabilityOfTheRightOrder(int distinctScores)
    {
        var random = new Random(distinctScores);
        (double Score, bool Target)[] examples = [.. Enumerable.Range(0, 150).Select(_ => ((double)random.Next(distinctScores), random.Next(3) == 0))];
        long twiceRight = 0;
        long pairs = 0;
        foreach (double positive in examples.Where(example => example.Target).Select(example => example.Score))
        {
            foreach (double negative in examples.Where(example => !example.Target).Select(example => example.Score))
            {
                twiceRight += Math.Sign(positive - negative) + 1;
                pairs++;
            }
        }
        RocCurve curve = Curve(examples);
        Assert.Equal(twiceRight / (2.0 * pairs), curve.Area());

        RocPoint[] points = curve.Points();
        double trapezoids = points.Zip(points.Skip(1))
            .Sum(pair => (pair.Second.FalsePositiveRate - pair.First.FalsePositiveRate) * (pair.Second.TruePositiveRate + pair.First.TruePositiveRate) / 2);
        Assert.Equal(trapezoids, curve.Area(), 1e-12);
    }

    [Fact]
    public void OneClassHasNoCurve()
    {
        Assert.Throws<InvalidOperationException>(() => new RocCurve().Area());
        Assert.Throws<InvalidOperationException>(() => Curve([(1, true), (2, true)]).Area());
        Assert.Throws<InvalidOperationException>(() => Curve([(1, false)]).Points());
        Assert.Throws<ArgumentOutOfRangeException>(() => new RocCurve().Add(double.NaN, true));
    }

    private static RocCurve Curve((double Score, bool Target)[] examples)
    {
        var curve = new RocCurve();
        foreach ((double score, bool target) in examples) curve.Add(score, target);
        return curve;
    }
}

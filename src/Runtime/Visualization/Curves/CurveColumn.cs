namespace Transformer.Compiled.Visualization;

/// <summary>The measurements that fall on one pixel of the steps' axis.</summary>
/// <param name="X">Where the first of them is.</param>
/// <param name="Step">The last of their steps.</param>
/// <param name="Low">The least.</param>
/// <param name="High">The largest.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct CurveColumn(double X, long Step, double Low, double High, double Sum, int Count)
{
    public CurveColumn(double x, long step, double value)
        : this(x, step, value, value, value, 1)
    {
    }

    public double Mean => Sum / Count;

    /// <summary>Whether all of them are; one that is not makes the sum so.</summary>
    public bool IsFinite => double.IsFinite(Sum);

    public CurveColumn With(long step, double value) => new(X, step, Math.Min(Low, value), Math.Max(High, value), Sum + value, Count + 1);
}

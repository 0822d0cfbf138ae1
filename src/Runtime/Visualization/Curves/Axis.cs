using System.Globalization;

namespace Transformer.Compiled.Visualization;

/// <summary>A linear scale from values to pixels, with round numbers to be marked on it.</summary>
internal readonly record struct Axis
{
    private readonly double _from;
    private readonly double _to;

    /// <param name="low">The least value.</param>
    /// <param name="high">The largest; where it is not above the least, the axis is widened.</param>
    /// <param name="from">The pixel of the least value.</param>
    /// <param name="to">The pixel of the largest.</param>
    public Axis(double low, double high, double from, double to)
    {
        double room = high > low ? 0 : Math.Max(Math.Abs(low) / 2, 1e-9);
        Low = low - room;
        High = high + room;
        _from = from;
        _to = to;
    }

    public double Low { get; }

    public double High { get; }

    public double At(double value) => _from + ((value - Low) / (High - Low) * (_to - _from));

    /// <summary>At most this many of 1, 2 or 5 times a power of ten, all within the axis.</summary>
    public List<double> Ticks(int count)
    {
        double rough = (High - Low) / count, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
        var ticks = new List<double>();
        for (double index = Math.Ceiling(Low / step); index * step <= High; index++) ticks.Add(index * step);
        return ticks;
    }

    public static string Format(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>How a cost grows with one size, beside the work that grows with it.</summary>
/// <param name="Name">What costs, with the sizes that stay.</param>
/// <param name="Size">What grows: layers, d_model, tokens, batch.</param>
/// <param name="WorkUnit">GFLOP, GB, layer.</param>
/// <param name="Unit">ms or MB.</param>
/// <param name="Threads">Threads that it was measured on.</param>
/// <param name="Points">From the smallest size to the largest.</param>
internal sealed record GrowthCurve(string Name, string Size, string WorkUnit, string Unit, int Threads, IReadOnlyList<GrowthPoint> Points)
{
    /// <summary>The cost of a unit of work relative to that at the first size: above 1 where the cost grows faster than its work.</summary>
    public double Relative(GrowthPoint point) => point.Cost / point.Work / (Points[0].Cost / Points[0].Work);

    public string Title => Text($"{Name}, {Threads} thr");

    /// <summary>The points as columns of text, for the console.</summary>
    public string ToText()
    {
        StringBuilder text = new(Text($"{Title}: {Size}, work in {WorkUnit}, {Unit}, {Unit} per {WorkUnit}, relative to the first\n"));
        foreach (GrowthPoint point in Points)
            text.Append(Text($"  {point.Size,8:0.##} {point.Work,10:G4} {point.Cost,10:G4} {point.Cost / point.Work,10:G4} {Relative(point),6:F2}\n"));
        return text.ToString();
    }

    public string ToMarkdown()
    {
        StringBuilder text = new(Text($"{Title}\n\n| {Size} | work, {WorkUnit} | {Unit} | {Unit} per {WorkUnit} | relative |\n|---|---|---|---|---|\n"));
        foreach (GrowthPoint point in Points)
            text.Append(Text($"| {point.Size:0.##} | {point.Work:G4} | {point.Cost:G4} | {point.Cost / point.Work:G4} | {Relative(point):F2} |\n"));
        return text.ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

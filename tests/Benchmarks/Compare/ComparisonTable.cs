using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>All lines of a run, with the machine and the peers; printed as they come.</summary>
internal sealed class ComparisonTable
{
    private readonly List<Comparison> _lines = [];
    private readonly List<GrowthCurve> _curves = [];
    private readonly SortedDictionary<string, string> _peers = new(StringComparer.Ordinal);

    public IReadOnlyList<Comparison> Lines => _lines;

    public IReadOnlyList<GrowthCurve> Curves => _curves;

    public void Add(GrowthCurve curve)
    {
        _curves.Add(curve);
        Console.Write(curve.ToText());
    }

    public void Add(Comparison line)
    {
        _lines.Add(line);
        Console.WriteLine(Text($"  {line.Work,-52} {line.Against,-24} {line.Threads} thr {Value(line.Ours),9} {Value(line.Theirs),9} {line.Unit,-8} {line.Ratio,6:F2}{GoalOf(line)}"));
    }

    public void AddPeer(string peer, string description)
    {
        if (!_peers.TryAdd(peer, description)) return;
        Console.WriteLine($"{peer}: {description}");
    }

    /// <summary>The table, the peers and the curves as Markdown.</summary>
    public string ToMarkdown(string machine)
    {
        StringBuilder text = new();
        text.Append(machine).Append("\n\n| work | against | threads | here | there | unit | ratio | goal |\n|---|---|---|---|---|---|---|---|\n");
        foreach (Comparison line in _lines)
            text.Append(Text($"| {line.Work} | {line.Against} | {line.Threads} | {Value(line.Ours)} | {Value(line.Theirs)} | {line.Unit} | {line.Ratio:F2} | {line.Goal:0.##} |\n"));
        text.Append('\n');
        foreach ((string peer, string description) in _peers) text.Append(Text($"- {peer}: {description}\n"));
        foreach (GrowthCurve curve in _curves) text.Append('\n').Append(curve.ToMarkdown());
        return text.ToString();
    }

    private static string GoalOf(Comparison line) => line.Goal is { } goal ? Text($" (goal {goal:0.##}{(line.Ratio >= goal ? "" : ", NOT REACHED")})") : "";

    private static string Value(double value) => value.ToString(value >= 1000 ? "F0" : value >= 100 ? "F1" : "F2", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>One line: work, at a precision, in so many seconds; its rate in words, and the share of the device's peak where that is known.</summary>
internal sealed record Measurement(string Work, Precision Precision, double Seconds, string Rate, double? Share);

/// <summary>All lines of a run; printed as they come.</summary>
internal sealed class MeasurementTable(TextWriter output)
{
    private readonly List<Measurement> _lines = [];
    private readonly List<string> _notes = [];

    /// <summary>Work that takes operations of products, beside the device's peak of them.</summary>
    public void AddOperations(string work, Precision precision, double seconds, double operations, DevicePeaks? peaks, string also = "") =>
        Add(new Measurement(work, precision, seconds, $"{also}{Number(operations / seconds / 1e12)} TFLOP/s", operations / seconds / peaks?.OperationsOf(precision)));

    public void Add(Measurement line)
    {
        _lines.Add(line);
        output.WriteLine($"  {line.Work,-52} {line.Precision,-8} {Number(line.Seconds * 1e3),10} ms  {line.Rate,-34} {ShareOf(line),8}");
    }

    /// <summary>What is not a figure: what was left out, and why.</summary>
    public void Note(string note)
    {
        _notes.Add(note);
        output.WriteLine(note);
    }

    public string ToMarkdown(string machine)
    {
        var text = new StringBuilder($"{machine}\n\n| work | precision | ms | rate | of the peak |\n|---|---|---|---|---|\n");
        foreach (Measurement line in _lines)
            text.Append(CultureInfo.InvariantCulture, $"| {line.Work} | {line.Precision} | {Number(line.Seconds * 1e3)} | {line.Rate} | {ShareOf(line)} |\n");
        if (_notes.Count > 0) text.Append('\n');
        foreach (string note in _notes) text.Append(CultureInfo.InvariantCulture, $"- {note}\n");
        return text.ToString();
    }

    /// <summary>Three digits that count.</summary>
    public static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "F0", >= 10 => "F1", >= 1 => "F2", _ => "G3" }, CultureInfo.InvariantCulture);

    private static string ShareOf(Measurement line) => line.Share is { } share ? (100 * share).ToString("F1", CultureInfo.InvariantCulture) + " %" : "";
}

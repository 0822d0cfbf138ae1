using System.Globalization;
using System.Runtime.InteropServices;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>
/// Measures the machine's ceilings, this project and the peers that are there, in turn in one run, and writes one table of ratios: on the
/// console, and as compare.md, compare.png and compare.html, and growth.png and growth.html, into `--output`.
/// </summary>
internal static class CompareReport
{
    private static readonly IComparison[] _comparisons =
    [
        new GemmComparison(), new DecodeComparison(), new SmallDecodeComparison(), new StoriesComparison(), new PrefillComparison(),
        new TrainingComparison(), new EncoderComparison(), new MemoryComparison(), new StartComparison(), new GrowthComparison(),
    ];

    public static void Run(Options options)
    {
        options.Expect(
            "--only", "--threads", "--seconds", "--output", "--thread-time", "--python", "--onnxruntime", "--node", "--llama-cpp", "--llama2c", "--llmc", "--tinystories");
        IComparison[] chosen = Chosen(options.Text("--only"));
        int[] threadCounts = options.Numbers("--threads", Environment.ProcessorCount, 1);
        if (options.Has("--thread-time")) UseThreadTime(chosen, threadCounts);
        using TemporaryFolder folder = new("compare-");
        string machine = Machine();
        Console.WriteLine(machine);
        ComparisonTable table = new();
        foreach (int threads in threadCounts)
        {
            using ComputeTeam team = new(threads);
            CompareContext context = new(options, folder.Path, threads, team, table);
            foreach (IComparison comparison in chosen) comparison.Run(context);
        }
        if (options.Text("--output") is { } output) Write(output, table, machine);
    }

    private static IComparison[] Chosen(string? names)
    {
        if (names is null) return _comparisons;
        return [.. names.Split(',').Select(name => Array.Find(_comparisons, comparison => comparison.Name == name)
            ?? throw new ArgumentException($"--only {name}: there are {string.Join(", ", _comparisons.Select(comparison => comparison.Name))}."))];
    }

    private static void UseThreadTime(IComparison[] chosen, int[] threadCounts)
    {
        if (threadCounts is not [1]) throw new ArgumentException("--thread-time: the time of one thread; add --threads 1.");
        if (Array.Find(chosen, comparison => !comparison.KnowsThreadTime) is { } unable)
            throw new ArgumentException($"--thread-time: {unable.Name} has peers that tell the wall clock's time; leave it out of --only.");
        Timing.Clock = Timing.ThreadClock;
    }

    private static void Write(string folder, ComparisonTable table, string machine)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "compare.md"), table.ToMarkdown(machine));
        if (table.Lines is { Count: > 0 } lines)
            DrawingFiles.Write(Path.Combine(folder, "compare"), "Comparison", ComparisonChart.Width, ComparisonChart.HeightOf(lines), drawing => ComparisonChart.Draw(drawing, lines));
        if (table.Curves is { Count: > 0 } curves)
            DrawingFiles.Write(Path.Combine(folder, "growth"), "Growth", GrowthPlot.Width, GrowthPlot.HeightOf(curves.Count), drawing => GrowthPlot.Draw(drawing, curves));
    }

    /// <summary>The processor, the run time and how busy the machine was.</summary>
    private static string Machine()
    {
        string processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
        string load = File.Exists("/proc/loadavg") ? $", load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the start" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{processor}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}{load}; medians of runs in turn");
    }
}

using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>What a comparison runs with, and where its lines go.</summary>
internal sealed class CompareContext(Options options, string folder, int threads, ComputeTeam team, ComparisonTable table)
{
    public Options Options => options;

    /// <summary>A folder for the peers' model files, which is deleted at the end.</summary>
    public string Folder => folder;

    public int Threads => threads;

    public ComputeTeam Team => team;

    /// <summary>The least time that things are measured in turn.</summary>
    public TimeSpan Duration { get; } = TimeSpan.FromSeconds(options.Number("--seconds", 20));

    public void Add(string work, string against, double ours, double theirs, string unit, double? goal) =>
        table.Add(Comparison.Of(work, against, threads, ours, theirs, unit, goal));

    /// <summary>How a cost grows with a size.</summary>
    public void Add(GrowthCurve curve) => table.Add(curve);

    /// <summary>A peer that was found: its version, libraries and settings.</summary>
    public void Found(string peer, string description) => table.AddPeer(peer, description);

    /// <summary>A peer that was not found or cannot be measured, and what to do.</summary>
    public void Missing(string peer, string reason) => table.AddPeer(peer, $"left out: {reason}");
}

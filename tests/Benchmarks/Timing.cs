using System.Diagnostics;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Times of one action over many runs.</summary>
internal sealed class Timing(string name, Action action)
{
    private readonly List<double> _seconds = [];

    public string Name { get; } = name;

    public double Best => _seconds.Min();

    public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

    private void RunOnce(bool isCounted)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (isCounted) _seconds.Add(seconds);
    }

    /// <summary>Runs all actions in turn, again and again, so that what disturbs the machine disturbs them alike.</summary>
    public static void Interleave(IReadOnlyList<Timing> timings, TimeSpan duration)
    {
        const int WarmUps = 3;
        const int MinimumRounds = 10;
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < WarmUps + MinimumRounds || Stopwatch.GetElapsedTime(start) < duration; round++)
        {
            foreach (Timing timing in timings) timing.RunOnce(round >= WarmUps);
        }
    }
}

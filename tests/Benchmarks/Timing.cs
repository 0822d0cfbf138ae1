using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Times of one action over many runs.</summary>
internal sealed partial class Timing(string name, Action action)
{
    private readonly List<double> _seconds = [];

    public string Name { get; } = name;

    public double Best => _seconds.Min();

    public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

    /// <summary>The clock in nanoseconds; by default the wall's.</summary>
    public static Func<long> Clock { get; set; } = () => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>The calling thread's own time (Linux): for one thread on a machine where others interrupt it.</summary>
    public static long ThreadClock()
    {
        const int ThreadCpuTime = 3;
        _ = GetTime(ThreadCpuTime, out TimeSpecification time);
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    private void RunOnce(bool isCounted)
    {
        long start = Clock();
        action();
        long end = Clock();
        if (isCounted) _seconds.Add((end - start) * 1e-9);
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

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpecification time);

    private readonly struct TimeSpecification
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}

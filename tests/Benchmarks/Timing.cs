using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Times of one thing over many runs: an action that is timed here, or something that tells its own seconds, as a program beside this one does.</summary>
internal sealed partial class Timing(string name, Func<double> run)
{
    private const int WarmUps = 3;

    /// <summary>What the run time takes to compile code anew that it has seen used, on a processor that the first runs lack.</summary>
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(1.5);

    private readonly Func<double> _run = run;
    private readonly List<double> _seconds = [];

    public Timing(string name, Action action)
        : this(name, () => SecondsOf(action))
    {
    }

    public string Name { get; } = name;

    public int Runs => _seconds.Count;

    public double Best => _seconds.Min();

    public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

    /// <summary>The clock of actions in nanoseconds; by default the wall's.</summary>
    public static Func<long> Clock { get; set; } = () => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>The calling thread's own time (Linux): for one thread on a machine where others interrupt it.</summary>
    public static long ThreadClock()
    {
        const int ThreadCpuTime = 3;
        _ = GetTime(ThreadCpuTime, out TimeSpecification time);
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    /// <summary>One run by <see cref="Clock"/>.</summary>
    public static double SecondsOf(Action action)
    {
        long start = Clock();
        action();
        return (Clock() - start) * 1e-9;
    }

    /// <summary>
    /// Runs all in turn, again and again, so that what disturbs the machine disturbs them alike. The first three rounds are not counted, nor what
    /// begins in the first second and a half.
    /// </summary>
    public static void Interleave(IReadOnlyList<Timing> timings, TimeSpan duration, int minimumRounds = 10)
    {
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < WarmUps || Stopwatch.GetElapsedTime(start) < _settling; round++)
        {
            foreach (Timing timing in timings) timing._run();
        }
        start = Stopwatch.GetTimestamp();
        for (int round = 0; round < minimumRounds || Stopwatch.GetElapsedTime(start) < duration; round++)
        {
            foreach (Timing timing in timings) timing._seconds.Add(timing._run());
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

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Transformer.Compiled.Benchmarks;

/// <summary>Times of one thing over many runs: an action that is timed here, or something that tells its own seconds, as a program beside this one does.</summary>
internal sealed partial class Timing(string name, Func<double> run)
{
    private const int WarmUpRounds = 3, MostWarmUps = 6;

    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(1), _look = TimeSpan.FromSeconds(0.25), _patience = TimeSpan.FromSeconds(10);

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

    /// <summary>Runs all in turn, again and again, so that what disturbs the machine disturbs them alike. Nothing is counted before <see cref="WarmUp"/> is over.</summary>
    public static void Interleave(IReadOnlyList<Timing> timings, TimeSpan duration, int minimumRounds = 10)
    {
        WarmUp(timings);
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < minimumRounds || Stopwatch.GetElapsedTime(start) < duration; round++)
        {
            foreach (Timing timing in timings) timing._seconds.Add(timing._run());
        }
    }

    /// <summary>
    /// Runs all in turn until that leaves the run time nothing to do: what it has seen used it compiles anew, on a processor that the runs would lack.
    /// </summary>
    private static void WarmUp(IReadOnlyList<Timing> timings)
    {
        for (int time = 0; time < MostWarmUps; time++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int round = 0; round < WarmUpRounds || Stopwatch.GetElapsedTime(start) < _warmUp; round++)
            {
                foreach (Timing timing in timings) timing._run();
            }
            if (IsIdle()) return;
            start = Stopwatch.GetTimestamp();
            while (!IsIdle() && Stopwatch.GetElapsedTime(start) < _patience) { }
        }
    }

    /// <summary>Whether no thread of this process works, by a look of a quarter of a second.</summary>
    private static bool IsIdle()
    {
        const double Busy = 0.1;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Thread.Sleep(_look);
        return Environment.CpuUsage.TotalTime - before < Busy * _look;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpecification time);

    private readonly struct TimeSpecification
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}

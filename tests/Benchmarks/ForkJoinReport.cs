using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>What it costs to share a few microseconds of work: the time of one task on every thread, less the time of one task.</summary>
internal static unsafe class ForkJoinReport
{
    private const int Runs = 1000;

    public static void Run(ComputeTeam team, TimeSpan duration)
    {
        List<double> alone = [], together = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            alone.Add(NanosecondsPerRun(team, 1));
            together.Add(NanosecondsPerRun(team, team.Threads));
        }
        together.Sort();
        double task = alone.Min();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{team.Threads} thread(s), tasks of {task:F0} ns, means of {Runs} runs: overhead best {together[0] - task:F0} ns, median {together[together.Count / 2] - task:F0} ns, worst {together[^1] - task:F0} ns"));
    }

    private static double NanosecondsPerRun(ComputeTeam team, int tasks)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int run = 0; run < Runs; run++) team.Run(&Work, null, tasks);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Runs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Work(void* context, int task, float* scratch)
    {
        uint state = (uint)task;
        for (int step = 0; step < 5000; step++) state = state * 1664525 + 1013904223;
        scratch[0] = state;
    }
}

using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>The cost of a run of empty tasks.</summary>
internal static unsafe class ForkJoinReport
{
    private const int Runs = 1000;

    public static void Run(ComputeTeam team, TimeSpan duration)
    {
        List<double> times = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int run = 0; run < Runs; run++) team.Run(&Nothing, null, 2 * team.Threads);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Runs);
        }
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{team.Threads} thread(s), mean of {Runs} runs: best {times[0]:F0} ns, median {times[times.Count / 2]:F0} ns, worst {times[^1]:F0} ns"));
    }

    private static void Nothing(void* context, int task, float* scratch)
    {
    }
}

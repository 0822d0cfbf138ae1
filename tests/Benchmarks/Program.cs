using System.Globalization;
using BenchmarkDotNet.Running;
using Transformer.Compiled.Benchmarks;
using Transformer.Compiled.Threading;

// gemm | bandwidth | fork-join [--threads N] [--seconds S] [--pinned] [--thread-time]
//     a plain report, each measurement interleaved with the machine's best; --thread-time: by the caller's CPU time, for one thread on a busy machine
// anything else
//     BenchmarkDotNet's own arguments
string report = args.Length > 0 ? args[0] : string.Empty;
if (report is not ("gemm" or "bandwidth" or "fork-join"))
{
    BenchmarkSwitcher.FromAssembly(typeof(LinearBenchmarks).Assembly).Run(args);
    return;
}

using ComputeTeam team = new(Option("--threads", Environment.ProcessorCount), args.Contains("--pinned") ? ThreadPinning.Pinned : ThreadPinning.None);
if (args.Contains("--thread-time")) Timing.Clock = Timing.ThreadClock;
TimeSpan duration = TimeSpan.FromSeconds(Option("--seconds", 5));
if (report == "gemm") GemmReport.Run(team, duration);
else if (report == "bandwidth") BandwidthReport.Run(team, duration);
else ForkJoinReport.Run(team, duration);

int Option(string name, int otherwise)
{
    int index = Array.IndexOf(args, name);
    return index < 0 ? otherwise : int.Parse(args[index + 1], CultureInfo.InvariantCulture);
}

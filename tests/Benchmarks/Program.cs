using System.Globalization;
using BenchmarkDotNet.Running;
using Transformer.Compiled.Benchmarks;
using Transformer.Compiled.Threading;

// gemm | bandwidth | fork-join | decode [--threads N] [--seconds S] [--pinned] [--thread-time]
//     a plain report, each measurement interleaved with the machine's best; --thread-time: by the caller's CPU time, for one thread on a busy machine
// generator [--seconds S]
//     the time that the generator takes after an edit, by number of layers
// train [--python PATH]
//     a training step beside PyTorch's, step by step in turn
// shakespeare --text FILE [--seeds N]
//     the Tiny Shakespeare recipe, to its validation loss
// anything else
//     BenchmarkDotNet's own arguments
Dictionary<string, Action<ComputeTeam, TimeSpan>> reports = new()
{
    ["gemm"] = GemmReport.Run,
    ["bandwidth"] = BandwidthReport.Run,
    ["fork-join"] = ForkJoinReport.Run,
    ["decode"] = DecodeReport.Run,
    ["generator"] = GeneratorReport.Run,
    ["train"] = (team, duration) => TrainReport.Run(team, duration, Text("--python", "python3")),
    ["shakespeare"] = (team, _) => ShakespeareReport.Run(team, Text("--text", "input.txt"), Number("--seeds", 3)),
};
if (args.Length == 0 || !reports.TryGetValue(args[0], out Action<ComputeTeam, TimeSpan>? report))
{
    BenchmarkSwitcher.FromAssembly(typeof(LinearBenchmarks).Assembly).Run(args);
    return;
}

using ComputeTeam team = new(Number("--threads", Environment.ProcessorCount), args.Contains("--pinned") ? ThreadPinning.Pinned : ThreadPinning.None);
if (args.Contains("--thread-time")) Timing.Clock = Timing.ThreadClock;
report(team, TimeSpan.FromSeconds(Number("--seconds", 5)));

int Number(string name, int otherwise) =>
    int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

string Text(string name, string otherwise)
{
    int index = Array.IndexOf(args, name);
    return index < 0 ? otherwise : args[index + 1];
}

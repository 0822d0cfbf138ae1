using BenchmarkDotNet.Running;
using Transformer.Compiled.Benchmarks;
using Transformer.Compiled.Benchmarks.Compare;
using Transformer.Compiled.Cuda.Benchmarks;
using Transformer.Compiled.Threading;

// compare [--only NAME,NAME] [--threads 2,1] [--seconds S] [--output FOLDER] [--python PATH] [--onnxruntime FOLDER] [--node PATH] [--llama-cpp FOLDER] [--llama2c PATH] [--llmc PATH] [--tinystories PATH] …
//     the machine's ceilings, this project and the peers that are there, in turn; one table of ratios, as text, Markdown and a chart (docs/performance.md)
//     --thread-time: by the time of one thread, for --threads 1 on a busy machine; not for comparisons whose peers know the wall's clock only
// bandwidth | fork-join [--threads N] [--seconds S] [--pinned] [--thread-time]
//     a plain report, each measurement interleaved with the machine's best; --thread-time: by the caller's CPU time, for one thread on a busy machine
// cuda [--only gemm,attention,decode,training] [--small] [--repeats N] [--output FOLDER]
//     products, attention, decoding and training on the first GPU, beside its peaks (docs/performance.md); --small: sizes for an interpreter of kernels
// shakespeare --text FILE [--seeds N]
//     the Tiny Shakespeare recipe, to its validation loss
// training-steps --work small-gpt|gpt2-124m [--threads N]
//     answers each line with the milliseconds and the loss of a training step: what `compare` and profilers measure from outside
// anything else
//     BenchmarkDotNet's own arguments: --filter '*Linear*' -i (in this process: projects that it writes itself ask for packages that sources no longer carry)
Dictionary<string, Action<Options>> reports = new()
{
    ["compare"] = CompareReport.Run,
    ["training-steps"] = TrainingSteps.Serve,
    ["bandwidth"] = OnTeam(BandwidthReport.Run),
    ["fork-join"] = OnTeam(ForkJoinReport.Run),
    ["shakespeare"] = options => OnTeam((team, _) => ShakespeareReport.Run(team, options.Text("--text", "input.txt"), options.Number("--seeds", 3)))(options),
};
try
{
    if (args is ["cuda", .. string[] arguments]) return CudaReport.Run(arguments);
    if (args.Length > 0 && reports.TryGetValue(args[0], out Action<Options>? report)) report(new Options(args[1..]));
    else BenchmarkSwitcher.FromAssembly(typeof(LinearBenchmarks).Assembly).Run(args);
    return 0;
}
catch (ArgumentException problem) when (problem.ParamName is null)
{
    // of the command line; one that names a parameter is a defect, whose trace is wanted
    Console.Error.WriteLine(problem.Message);
    return 2;
}

static Action<Options> OnTeam(Action<ComputeTeam, TimeSpan> report) => options =>
{
    options.Expect("--threads", "--seconds", "--pinned", "--thread-time", "--text", "--seeds");
    using ComputeTeam team = new(options.Number("--threads", Environment.ProcessorCount), options.Has("--pinned") ? ThreadPinning.Pinned : ThreadPinning.None);
    if (options.Has("--thread-time")) Timing.Clock = Timing.ThreadClock;
    report(team, TimeSpan.FromSeconds(options.Number("--seconds", 5)));
};

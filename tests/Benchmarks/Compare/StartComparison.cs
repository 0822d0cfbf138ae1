using System.Diagnostics;
using System.Globalization;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>models/TinyStories compiled ahead of time: from before the process begins to its first token, and the program's size.</summary>
internal sealed class StartComparison : IComparison
{
    private const double MostMilliseconds = 12, MostMegabytes = 4;
    private const int MinimumStarts = 30;
    private const string Folder = "tinystories-260k", Program = "TinyStories ahead of time";

    public string Name => "start";

    public void Run(CompareContext context)
    {
        if (context.Options.Text("--tinystories") is not { } program || !File.Exists(program))
        {
            context.Missing(Program, "name the program that `dotnet publish models/TinyStories -p:AheadOfTime=net9.0` writes with --tinystories");
            return;
        }
        string? data = Environment.GetEnvironmentVariable("TRANSFORMER_COMPILED_DATA");
        if (data is null || !Directory.Exists(Path.Combine(data, Folder)))
        {
            context.Missing(Program, $"name the folder of {Folder} with TRANSFORMER_COMPILED_DATA");
            return;
        }
        string model = Path.Combine(data, Folder);
        context.Found(Program, program);
        Timing start = new("start to first token", () => SecondsToFirstToken(program, model, context.Threads));
        Timing.Interleave([start], context.Duration / 8, MinimumStarts);
        context.Add("start to first token, TinyStories 260K, ahead of time", "the limit", start.Median * 1e3, MostMilliseconds, "ms", goal: 1);
        context.Add("size of that program", "the limit", new FileInfo(program).Length * 1e-6, MostMegabytes, "MB", goal: 1);
    }

    /// <summary>With an empty prompt, the first byte that the program writes is of its first token.</summary>
    private static double SecondsToFirstToken(string program, string model, int threads)
    {
        ProcessStartInfo start = new(program, ["--model", model, "--tokens", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_PROCESSOR_COUNT"] = threads.ToString(CultureInfo.InvariantCulture);
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        int first = process.StandardOutput.BaseStream.ReadByte();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        string problem = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return first >= 0 && process.ExitCode == 0 ? seconds : throw new InvalidOperationException($"{program} ended with {process.ExitCode} and no token: {problem}");
    }
}

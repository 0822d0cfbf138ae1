using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Transformer.Compiled.Benchmarks.Compare;
using Transformer.Compiled.Benchmarks.Formats;
using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Benchmarks;

/// <summary>
/// llm.c's train_gpt2, which trains GPT-2 124M on batches of 4 x 64 tokens without being asked. Between steps it is stopped, and that time is
/// taken off the step that it interrupts. Ten steps in it would validate: it is started again then, which no step's time holds.
/// </summary>
internal sealed partial class LlmcPeer : IDisposable
{
    private const string Checkpoint = "gpt2_124M.bin", Tokens = "dev/data/tinyshakespeare/tiny_shakespeare_{0}.bin";
    private const int StepsOfAStart = 10;
    private const int Continue = 18, Stop = 19;

    private readonly ProcessStartInfo _start;
    private Process _process;
    private int _steps;
    private long _stopped;

    private LlmcPeer(ProcessStartInfo start)
    {
        _start = start;
        _process = Begin();
    }

    /// <summary>Writes its files and starts it, or says why it is missing.</summary>
    public static LlmcPeer? TryStart(CompareContext context, TrainingWork work)
    {
        const string Name = "llm.c";
        if (context.Options.Text("--llmc") is not { } path)
        {
            context.Missing(Name, "name its train_gpt2 with --llmc");
            return null;
        }
        // Written to a pipe, its lines would come a page at a time.
        ProcessStartInfo start = new("stdbuf", $"-oL \"{Path.GetFullPath(path)}\"")
        {
            RedirectStandardOutput = true,
            WorkingDirectory = WriteFiles(Path.Combine(context.Folder, "llmc"), work),
        };
        start.Environment["OMP_NUM_THREADS"] = context.Threads.ToString(CultureInfo.InvariantCulture);
        try
        {
            LlmcPeer peer = new(start);
            context.Found(Name, string.Create(CultureInfo.InvariantCulture, $"{path} of {File.GetLastWriteTimeUtc(path):yyyy-MM-dd}, {context.Threads} OpenMP threads"));
            return peer;
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException)
        {
            context.Missing(Name, problem.Message);
            return null;
        }
    }

    /// <summary>One step: its seconds by its own clock, without the time between steps, and the loss before it.</summary>
    public (double Seconds, double Loss) Step()
    {
        if (_steps == StepsOfAStart)
        {
            End();
            _process = Begin();
            // The first step of a process allocates.
            Next();
        }
        return Next();
    }

    public void Dispose() => End();

    private static string WriteFiles(string folder, TrainingWork work)
    {
        if (Directory.Exists(folder)) return folder;
        foreach (string split in new[] { "train", "val" })
        {
            string path = Path.Combine(folder, string.Format(CultureInfo.InvariantCulture, Tokens, split));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            LlmcWriter.WriteTokens(path, work.Text);
        }
        using ModelWeights weights = work.Initialize();
        LlmcWriter.WriteCheckpoint(Path.Combine(folder, Checkpoint), weights, work.Layers, work.Heads);
        return folder;
    }

    /// <summary>Starts it, and stops it when it has read its files and validated.</summary>
    private Process Begin()
    {
        Process process = Process.Start(_start)!;
        string? last = null;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            last = line;
            if (!line.StartsWith("val loss", StringComparison.Ordinal)) continue;
            _steps = 0;
            Pause(process);
            return process;
        }
        throw new InvalidOperationException($"{_start.Arguments} ended before its first step, after: {last}");
    }

    private (double Seconds, double Loss) Next()
    {
        double paused = Stopwatch.GetElapsedTime(_stopped).TotalSeconds, before = ProcessorSeconds();
        _ = Signal(_process.Id, Continue);
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("llm.c ended in the middle of a measurement.");
        Pause(_process);
        Match match = StepLine().Match(line);
        if (!match.Success) throw new InvalidOperationException($"llm.c said \"{line}\" where a step was expected.");
        _steps++;
        double seconds = Timing.Clock == Timing.ThreadClock ? ProcessorSeconds() - before : NumberOf(match.Groups["took"]) * 1e-3 - paused;
        return (seconds, NumberOf(match.Groups["loss"]));
    }

    /// <summary>What its first thread has computed so far.</summary>
    private double ProcessorSeconds() =>
        long.Parse(File.ReadAllText($"/proc/{_process.Id}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) * 1e-9;

    private void Pause(Process process)
    {
        _ = Signal(process.Id, Stop);
        _stopped = Stopwatch.GetTimestamp();
    }

    private void End()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static double NumberOf(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^step \d+: train loss (?<loss>\S+) \(took (?<took>\S+) ms\)$")]
    private static partial Regex StepLine();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}

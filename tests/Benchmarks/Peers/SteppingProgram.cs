using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Transformer.Compiled.Benchmarks;

/// <summary>A program beside this one that says a line about itself, and then answers each line "step" with the milliseconds that it took and a loss.</summary>
internal sealed class SteppingProgram : IDisposable
{
    private readonly Process _process;

    private SteppingProgram(Process process, string description)
    {
        _process = process;
        Description = description;
    }

    public string Description { get; }

    /// <summary>Starts it and waits until it is ready; null where it ended before that.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static SteppingProgram? TryStart(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        Process process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() is { } description) return new SteppingProgram(process, description);
        process.WaitForExit();
        process.Dispose();
        return null;
    }

    /// <summary>One step: its seconds by the program's own clock, and the loss before it.</summary>
    public (double Seconds, double Loss) Step()
    {
        _process.StandardInput.WriteLine("step");
        _process.StandardInput.Flush();
        string[] answer = (_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended in the middle of a measurement.")).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture) * 1e-3, double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    /// <summary>The most memory that the program has had resident so far, in megabytes of 10⁶ bytes (Linux: VmHWM).</summary>
    public double PeakMegabytes()
    {
        const string Name = "VmHWM:";
        string line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line[Name.Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024e-6;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}

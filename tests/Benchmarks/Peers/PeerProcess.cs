using System.Diagnostics;

namespace Transformer.Compiled.Benchmarks;

/// <summary>A program beside this one that is run to its end.</summary>
internal static class PeerProcess
{
    /// <summary>
    /// What it wrote. Nobody reads its output while it runs, so that no reader takes a processor from it: it has to fit into a pipe (64 KiB).
    /// </summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static (string Output, string Errors) Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (output, errors)
            : throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {errors}");
    }
}

using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Benchmarks.Compare;

namespace Transformer.Compiled.Benchmarks;

/// <summary>PyTorch in a process of its own, which does one training step each time it is asked.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process _process;

    private TorchPeer(Process process) => _process = process;

    /// <summary>Starts it, or says why it is missing.</summary>
    public static TorchPeer? TryStart(CompareContext context, string weights, string shape)
    {
        string python = context.Options.Text("--python", "python3");
        string script = Path.Combine(AppContext.BaseDirectory, "Peers", "torch_step.py");
        var start = new ProcessStartInfo(python, $"\"{script}\" \"{weights}\" {shape}") { RedirectStandardInput = true, RedirectStandardOutput = true };
        Tune(start.Environment, context.Threads);
        try
        {
            Process process = Process.Start(start)!;
            string? description = process.StandardOutput.ReadLine();
            if (description is not null)
            {
                context.Found("PyTorch", description);
                return new TorchPeer(process);
            }
            context.Missing("PyTorch", $"{python} ended before it was ready (is torch installed, on a BLAS other than the reference one?)");
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            context.Missing("PyTorch", $"{python}: {problem.Message}; name another with --python");
        }
        return null;
    }

    /// <summary>One step: its seconds by PyTorch's own clock, and the loss before it.</summary>
    public (double Seconds, double Loss) Step()
    {
        _process.StandardInput.WriteLine("step");
        _process.StandardInput.Flush();
        string[] answer = (_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("PyTorch ended in the middle of a measurement.")).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture) * 1e-3, double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>
    /// The settings that serve PyTorch best: its own choice of OpenBLAS kernels, an allocator that keeps its pages, and OpenMP threads that
    /// sleep when idle (spinning ones take the cores from OpenBLAS's own threads, which doubles the time of a step).
    /// </summary>
    private static void Tune(IDictionary<string, string?> environment, int threads)
    {
        environment.Remove("OPENBLAS_CORETYPE");
        environment.Remove("OPENBLAS_L2_SIZE");
        environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        environment["OPENBLAS_NUM_THREADS"] = environment["OMP_NUM_THREADS"];
        environment["OMP_WAIT_POLICY"] = "passive";
        environment["ATEN_CPU_CAPABILITY"] = Kernels.Simd.Avx512.IsSupported ? "avx512" : "avx2";
        environment["MALLOC_MMAP_THRESHOLD_"] = "4294967296";
        environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
        environment["MALLOC_TOP_PAD_"] = "268435456";
        environment["ALLOCATOR"] = "glibc malloc that returns no pages";
    }
}

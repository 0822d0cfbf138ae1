using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Benchmarks.Compare;

namespace Transformer.Compiled.Benchmarks;

/// <summary>How PyTorch's process allocates.</summary>
internal enum TorchAllocator
{
    /// <summary>As the system's PyTorch does without any setting.</summary>
    AsInstalled,

    /// <summary>Keeps its pages, for speed.</summary>
    Tuned,
}

/// <summary>PyTorch in a process of its own, which does one training step each time it is asked.</summary>
internal static class TorchPeer
{
    /// <summary>Starts it, or says why it is missing.</summary>
    public static SteppingProgram? TryStart(CompareContext context, TrainingWork work, TorchAllocator allocator)
    {
        string python = context.Options.Text("--python", "python3");
        string script = Path.Combine(AppContext.BaseDirectory, "Peers", "torch_step.py");
        string clock = Timing.Clock == Timing.ThreadClock ? "cpu" : "wall";
        ProcessStartInfo start = new(python, $"\"{script}\" \"{work.Save(context.Folder)}\" {work.ToArguments()} {clock}");
        SetThreads(start.Environment, context.Threads);
        if (allocator == TorchAllocator.Tuned) KeepPages(start.Environment);
        string name = allocator == TorchAllocator.Tuned ? "PyTorch" : "PyTorch, for memory";
        try
        {
            if (SteppingProgram.TryStart(start) is { } program)
            {
                context.Found(name, program.Description);
                return program;
            }
            context.Missing(name, $"{python} ended before it was ready (is torch installed, on a BLAS other than the reference one?)");
        }
        catch (Win32Exception problem)
        {
            context.Missing(name, $"{python}: {problem.Message}; name another with --python");
        }
        return null;
    }

    /// <summary>
    /// What serves PyTorch best: its own choice of OpenBLAS kernels, and OpenMP threads that sleep when idle (spinning ones take the cores from
    /// OpenBLAS's own threads, which doubles the time of a step).
    /// </summary>
    private static void SetThreads(IDictionary<string, string?> environment, int threads)
    {
        environment.Remove("OPENBLAS_CORETYPE");
        environment.Remove("OPENBLAS_L2_SIZE");
        environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        environment["OPENBLAS_NUM_THREADS"] = environment["OMP_NUM_THREADS"];
        environment["OMP_WAIT_POLICY"] = "passive";
        environment["ATEN_CPU_CAPABILITY"] = Kernels.Simd.Avx512.IsSupported ? "avx512" : "avx2";
    }

    private static void KeepPages(IDictionary<string, string?> environment)
    {
        environment["MALLOC_MMAP_THRESHOLD_"] = "4294967296";
        environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
        environment["MALLOC_TOP_PAD_"] = "268435456";
        environment["ALLOCATOR"] = "glibc malloc that returns no pages";
    }
}

namespace Transformer.Compiled.Cuda.Driver;

/// <summary>A file that may be the driver's library.</summary>
/// <param name="Path">What the system's loader is asked for.</param>
/// <param name="Description">Where that looks, for the reader of an error.</param>
internal readonly record struct LibraryCandidate(string Path, string Description);

/// <summary>Loads a library, as <see cref="System.Runtime.InteropServices.NativeLibrary.TryLoad(string, out nint)"/> does.</summary>
internal delegate bool LibraryLoader(string path, out nint handle);

/// <summary>Where the driver's library is.</summary>
internal static class DriverLibrary
{
    /// <summary>The name under which the imports ask for the library; it is never a file's.</summary>
    public const string ImportName = "transformer-compiled-cuda-driver";

    /// <summary>The places of this system, in the order in which they are tried.</summary>
    public static IReadOnlyList<LibraryCandidate> Candidates()
    {
        if (OperatingSystem.IsLinux()) return Linux;
        return OperatingSystem.IsWindows() ? Windows(Environment.SystemDirectory) : [];
    }

    /// <summary>Linux, and Windows' subsystem for it, which mounts the library of Windows' driver where loaders need not look.</summary>
    public static IReadOnlyList<LibraryCandidate> Linux { get; } =
    [
        new("libcuda.so.1", "libcuda.so.1 where the loader looks (LD_LIBRARY_PATH, /etc/ld.so.cache)"),
        new("/usr/lib/wsl/lib/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1 (WSL)"),
    ];

    /// <summary>Windows: the system's folder alone, so that no file beside a program can pose as the driver.</summary>
    public static IReadOnlyList<LibraryCandidate> Windows(string systemFolder)
    {
        string path = $"{systemFolder}\\nvcuda.dll";
        return [new LibraryCandidate(path, path)];
    }

    /// <summary>The first place that has the library.</summary>
    /// <exception cref="CudaUnavailableException">No place has it; the message lists them.</exception>
    public static LibraryCandidate Find(IReadOnlyList<LibraryCandidate> candidates, LibraryLoader load, out nint library)
    {
        foreach (LibraryCandidate candidate in candidates)
        {
            if (load(candidate.Path, out library)) return candidate;
        }

        throw new CudaUnavailableException(candidates.Count == 0
            ? "There is no CUDA driver for this operating system: NVIDIA makes it for Linux and Windows."
            : $"No CUDA driver was found. Looked for {string.Join(", and for ", candidates.Select(candidate => candidate.Description))}. "
                + "Install NVIDIA's driver, or start the container with its GPUs; the CUDA toolkit is not needed.");
    }

    /// <summary>Refuses a library that lacks a function that is needed.</summary>
    /// <exception cref="CudaUnavailableException">It does; the message names all that are missing.</exception>
    public static void RequireEntryPoints(LibraryCandidate library, Func<string, bool> has)
    {
        string[] missing = [.. EntryPoints.Required.Where(name => !has(name))];
        if (missing.Length == 0) return;
        throw new CudaUnavailableException(
            $"The CUDA driver that was found as {library.Path} lacks {string.Join(", ", missing)}: it is older than CUDA 11.0, or it is not NVIDIA's. {DriverAdvice.MinimumDriver}");
    }
}

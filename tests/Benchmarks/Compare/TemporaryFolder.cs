using System.Runtime.InteropServices;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>A folder for gigabytes of peers' files, which goes with the program: also when it is told to end (SIGTERM, Ctrl + C).</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;

    public TemporaryFolder(string prefix)
    {
        Path = Directory.CreateTempSubdirectory(prefix).FullName;
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, DeleteFirst), PosixSignalRegistration.Create(PosixSignal.SIGINT, DeleteFirst)];
    }

    public string Path { get; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        Delete();
    }

    /// <summary>The signal ends the program as ever once this has returned.</summary>
    private void DeleteFirst(PosixSignalContext signal) => Delete();

    private void Delete()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}

namespace Runtime.Tests.Checkpoints;

/// <summary>A folder of a test's own, removed with what is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("checkpoints-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    public override string ToString() => _path;

    public string[] FileNames() => Array.ConvertAll(Directory.GetFiles(_path), path => Path.GetFileName(path));

    public void Dispose() => Directory.Delete(_path, recursive: true);
}

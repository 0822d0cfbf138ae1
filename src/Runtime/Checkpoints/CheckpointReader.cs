namespace Transformer.Compiled.Checkpoints;

/// <summary>A checkpoint as one collection of tensors, be it a single safetensors file or shards with an index.</summary>
internal sealed class CheckpointReader : IDisposable
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files = [];
    private readonly List<CheckpointEntry> _entries = [];

    private CheckpointReader(string path) => Path = path;

    /// <summary>The safetensors file or the index: the one to name in messages.</summary>
    public string Path { get; }

    public IReadOnlyList<CheckpointEntry> Entries => _entries;

    /// <param name="path">A .safetensors file, an index of shards (.json), or a folder with either under Hugging Face's names.</param>
    /// <exception cref="CheckpointException">A file is invalid, or index and shards disagree.</exception>
    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    public static CheckpointReader Open(string path)
    {
        string file = Resolve(path);
        var reader = new CheckpointReader(file);
        try
        {
            if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) reader.AddShards(CheckpointIndex.Read(file));
            else reader.AddFile(file);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (SafetensorsFile file in _files) file.Dispose();
    }

    private static string Resolve(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path) ? path : throw new FileNotFoundException($"There is no checkpoint at '{path}'.", path);
        foreach (string name in (ReadOnlySpan<string>)[SingleName, IndexName])
        {
            string file = System.IO.Path.Combine(path, name);
            if (File.Exists(file)) return file;
        }

        throw new FileNotFoundException($"The folder '{path}' holds neither {SingleName} nor {IndexName}.", path);
    }

    private void AddShards(Dictionary<string, string> index)
    {
        string folder = System.IO.Path.GetDirectoryName(Path)!;
        foreach (string name in index.Values.Distinct().Order(StringComparer.Ordinal))
        {
            string shard = System.IO.Path.Combine(folder, name);
            if (!File.Exists(shard)) throw new CheckpointException(Path, null, $"the shard '{name}' that the index names is missing");
            AddFile(shard);
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (CheckpointEntry entry in _entries)
        {
            string shard = System.IO.Path.GetFileName(entry.File.Path);
            string? indexed = index.GetValueOrDefault(entry.Name);
            if (indexed != shard)
            {
                string claim = indexed is null ? "says nothing of it" : $"has it in '{indexed}'";
                throw new CheckpointException(Path, entry.Name, $"tensor '{entry.Name}' is in shard '{shard}', but the index {claim}");
            }

            found.Add(entry.Name);
        }

        foreach ((string name, string shard) in index)
        {
            if (!found.Contains(name))
                throw new CheckpointException(Path, name, $"tensor '{name}' is not in shard '{shard}', where the index has it");
        }
    }

    private void AddFile(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (SafetensorsTensor tensor in file.Tensors) _entries.Add(new CheckpointEntry(file, tensor));
    }
}

/// <summary>A tensor and the file that holds it.</summary>
internal sealed record CheckpointEntry(SafetensorsFile File, SafetensorsTensor Tensor)
{
    public string Name => Tensor.Name;

    public CheckpointException Fail(string message) => new(File.Path, Name, message);
}

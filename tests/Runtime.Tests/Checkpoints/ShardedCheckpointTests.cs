using Transformer.Compiled.Checkpoints;
using static Runtime.Tests.Checkpoints.SafetensorsImage;

namespace Runtime.Tests.Checkpoints;

public sealed class ShardedCheckpointTests : IDisposable
{
    private const string IndexName = "model.safetensors.index.json";
    private const string GoodIndex = """{"metadata":{"total_size":24},"weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"one.safetensors"}}""";

    private readonly TemporaryFolder _folder = new();

    private static readonly ModelLayout Layout = new LayoutBuilder("Sharded")
        .Whole("a", [2], TensorOrientation.RowMajor, StorageFormat.RowMajor)
        .Whole("b", [2], TensorOrientation.RowMajor, StorageFormat.RowMajor)
        .Whole("c", [2], TensorOrientation.RowMajor, StorageFormat.RowMajor)
        .Build();

    public ShardedCheckpointTests()
    {
        WriteShard("one.safetensors", Floats("a", [2], 1f), Floats("c", [2], 3f));
        WriteShard("two.safetensors", Floats("b", [2], 2f));
        WriteIndex(GoodIndex);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ShardsLoadByIndexAndByFolder()
    {
        foreach (string path in new[] { _folder.File(IndexName), _folder.ToString() })
        {
            using TestWeights weights = TestWeights.Load(Layout, path);
            Assert.Equal([[1f, 1f], [2f, 2f], [3f, 3f]], new[] { weights.Export("a"), weights.Export("b"), weights.Export("c") });
        }
    }

    [Fact]
    public void AnIndexInTheCurrentFolderNeedsNoFoldersName()
    {
        string name = Path.GetRelativePath(Environment.CurrentDirectory, _folder.File(IndexName));
        using TestWeights weights = TestWeights.Load(Layout, name);
        Assert.Equal([2f, 2f], weights.Export("b"));
    }

    [Fact]
    public void ASingleFileGoesBeforeShards()
    {
        WriteShard("model.safetensors", Floats("a", [2], 4f), Floats("b", [2], 5f), Floats("c", [2], 6f));
        using TestWeights weights = TestWeights.Load(Layout, _folder.ToString());
        Assert.Equal([5f, 5f], weights.Export("b"));
    }

    [Theory]
    [InlineData("{", null, "the index is not valid JSON")]
    [InlineData("{}", null, "there is no object 'weight_map'")]
    [InlineData("[]", null, "there is no object 'weight_map'")]
    [InlineData("""{"weight_map":[]}""", null, "there is no object 'weight_map'")]
    [InlineData("""{"weight_map":{"a":1}}""", "a", "the index maps tensor 'a' to 1, which is not a file's name")]
    [InlineData("""{"weight_map":{"a":""}}""", "a", "which is not a file's name")]
    [InlineData("""{"weight_map":{"a":".."}}""", "a", "which is not a file's name")]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "a", "which is not a file's name")]
    [InlineData("""{"weight_map":{"a":"/one.safetensors"}}""", "a", "which is not a file's name")]
    [InlineData("""{"weight_map":{"a":"C:one.safetensors"}}""", "a", "which is not a file's name")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"one.safetensors"}}""", "a", "the index maps tensor 'a' twice")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"gone.safetensors"}}""", null, "the shard 'gone.safetensors' that the index names is missing")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""", "c", "tensor 'c' is in shard 'one.safetensors', but the index says nothing of it")]
    [InlineData("""{"weight_map":{"a":"two.safetensors","b":"two.safetensors","c":"one.safetensors"}}""", "a", "tensor 'a' is in shard 'one.safetensors', but the index has it in 'two.safetensors'")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"one.safetensors","d":"one.safetensors"}}""", "d", "tensor 'd' is not in shard 'one.safetensors', where the index has it")]
    [InlineData("""{"weight_map":{"\ud800":"one.safetensors"}}""", null, "the index is not valid JSON")]
    public void BadIndexesAreRefused(string index, string? tensor, string fragment)
    {
        WriteIndex(index);
        AssertRefused(IndexName, tensor, fragment);
    }

    [Fact]
    public void TensorsInTwoShardsAreRefused()
    {
        WriteShard("two.safetensors", Floats("b", [2], 2f), Floats("a", [2], 1f));
        AssertRefused(IndexName, "a", "tensor 'a' is in shard 'two.safetensors', but the index has it in 'one.safetensors'");
    }

    [Fact]
    public void ErrorsInShardsNameTheShard()
    {
        WriteShard("two.safetensors", Floats("b", [3], 2f));
        AssertRefused("two.safetensors", "b", "tensor 'b' has shape [3], but Sharded expects [2]");
        File.WriteAllBytes(_folder.File("two.safetensors"), [1, 2, 3]);
        AssertRefused("two.safetensors", null, "3 bytes, too short");
    }

    [Fact]
    public void PlacesWithoutCheckpointsAreNamed()
    {
        using var empty = new TemporaryFolder();
        Assert.Contains("holds neither model.safetensors nor model.safetensors.index.json", Assert.Throws<FileNotFoundException>(() => TestWeights.Load(Layout, empty.ToString())).Message);
        Assert.Contains("There is no checkpoint at", Assert.Throws<FileNotFoundException>(() => TestWeights.Load(Layout, empty.File("x.safetensors"))).Message);
    }

    private void WriteShard(string name, params SafetensorsEntry[] entries) =>
        SafetensorsWriter.Write(_folder.File(name), entries, SafetensorsWriter.PyTorchMetadata);

    private void WriteIndex(string index) => File.WriteAllText(_folder.File(IndexName), index);

    private void AssertRefused(string file, string? tensor, string fragment)
    {
        CheckpointException exception = Assert.Throws<CheckpointException>(() => TestWeights.Load(Layout, _folder.ToString()));
        Assert.Equal(_folder.File(file), exception.FilePath);
        Assert.Equal(tensor, exception.TensorName);
        Assert.StartsWith($"{_folder.File(file)}: ", exception.Message);
        Assert.Contains(fragment, exception.Message);
    }
}

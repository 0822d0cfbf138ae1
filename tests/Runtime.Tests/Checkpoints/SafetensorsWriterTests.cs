using System.Text;
using Transformer.Compiled.Checkpoints;
using static Runtime.Tests.Checkpoints.SafetensorsImage;

namespace Runtime.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BytesAreThoseOfTheFormatsLibrary()
    {
        string path = _folder.File("written.safetensors");
        SafetensorsWriter.Write(
            path,
            [
                Floats("b", [1, 2], 1f, 2f),
                SafetensorsEntry.Raw("mask", SafetensorsType.UInt8, [3], (first, bytes) => bytes.Fill(7)),
                Floats("B\"é", [], 3f),
                SafetensorsEntry.Int64("z", [1], (first, integers) => integers[0] = -1),
            ],
            SafetensorsWriter.PyTorchMetadata);

        const string Header = """
            {"__metadata__":{"format":"pt"},"z":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"B\"é":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[12,20]},"mask":{"dtype":"U8","shape":[3],"data_offsets":[20,23]}}
            """;
        string padded = Header + new string(' ', (8 - Encoding.UTF8.GetByteCount(Header) % 8) % 8);
        byte[] expected = Of(padded, [.. Bytes(-1L), .. Bytes(3f, 1f, 2f), 7, 7, 7]);
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(File.ReadAllBytes(path)));
    }

    [Fact]
    public void LargeTensorsAreWrittenInParts()
    {
        const int Count = 100_003;
        string path = _folder.File("large.safetensors");
        SafetensorsEntry entry = SafetensorsEntry.Float32("x", [Count], (first, destination) =>
        {
            for (int index = 0; index < destination.Length; index++) destination[index] = first + index;
        });
        SafetensorsWriter.Write(path, [entry], SafetensorsWriter.PyTorchMetadata);

        using SafetensorsFile file = SafetensorsFile.Open(path);
        var values = new float[Count];
        file.ReadFloat32("x", values);
        Assert.Equal(Enumerable.Range(0, Count).Select(index => (float)index), values);
    }

    [Fact]
    public void AFailingSourceLeavesTheOldFileAndNothingElse()
    {
        string path = _folder.File("kept.safetensors");
        SafetensorsWriter.Write(path, [Floats("x", [4], 1f)], SafetensorsWriter.PyTorchMetadata);
        byte[] before = File.ReadAllBytes(path);
        SafetensorsEntry failing = SafetensorsEntry.Float32("y", [4], (first, destination) => throw new InvalidDataException("no more"));

        Assert.Throws<InvalidDataException>(() => SafetensorsWriter.Write(path, [Floats("x", [4], 2f), failing], SafetensorsWriter.PyTorchMetadata));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["kept.safetensors"], _folder.FileNames());
    }

    [Fact]
    public void APlaceThatCannotBeReplacedLeavesNothingBehind()
    {
        Directory.CreateDirectory(_folder.File("taken.safetensors"));
        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write(_folder.File("taken.safetensors"), [Floats("x", [1], 1f)], SafetensorsWriter.PyTorchMetadata));
        Assert.Empty(_folder.FileNames());
        Assert.Throws<DirectoryNotFoundException>(() => SafetensorsWriter.Write(_folder.File("none/x.safetensors"), [], SafetensorsWriter.PyTorchMetadata));
    }

    [Fact]
    public void FilesAreReplacedWhole()
    {
        string path = _folder.File("replaced.safetensors");
        SafetensorsWriter.Write(path, [Floats("x", [4], 1f)], SafetensorsWriter.PyTorchMetadata);
        using SafetensorsFile old = SafetensorsFile.Open(path);
        SafetensorsWriter.Write(path, [Floats("x", [1], 2f)], SafetensorsWriter.PyTorchMetadata);

        var before = new float[4];
        old.ReadFloat32("x", before);
        Assert.Equal([1f, 1f, 1f, 1f], before);
        using SafetensorsFile replaced = SafetensorsFile.Open(path);
        Assert.Equal(1, replaced.Tensor("x").Count);
    }

    [Fact]
    public void BadEntriesAreRefused()
    {
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_folder.File("f"), [Floats("x", [1], 1f), Floats("x", [2], 1f)], SafetensorsWriter.PyTorchMetadata)).Message);
        Assert.Throws<ArgumentException>(() => Floats("__metadata__", [1], 1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => Floats("x", [-1], 1f));
        Assert.Throws<OverflowException>(() => Floats("x", [long.MaxValue], 1f));
        Assert.Throws<OverflowException>(() => SafetensorsEntry.Raw("x", SafetensorsType.Float4, [3], (first, bytes) => bytes.Clear()));
        Assert.Empty(_folder.FileNames());
    }
}

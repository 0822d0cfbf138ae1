using Transformer.Compiled.Checkpoints;
using static Runtime.Tests.Checkpoints.SafetensorsImage;

namespace Runtime.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void HalfPrecisionIsWidenedExactly()
    {
        var everyPattern = new ushort[65536 + 1];
        for (int index = 0; index < everyPattern.Length; index++) everyPattern[index] = (ushort)index;
        byte[] data = Bytes<ushort>(everyPattern);
        using SafetensorsFile file = Open("{" + Entry("h", "F16", "[65537]", 0, data.Length) + "," + Entry("b", "BF16", "[65537]", data.Length, 2 * data.Length) + "}", [.. data, .. data]);

        var halves = new float[everyPattern.Length];
        var brains = new float[everyPattern.Length];
        file.ReadFloat32("h", halves);
        file.ReadFloat32("b", brains);
        for (int index = 0; index < everyPattern.Length; index++)
        {
            var half = (float)BitConverter.UInt16BitsToHalf(everyPattern[index]);
            Assert.True(halves[index].Equals(half), $"F16 0x{everyPattern[index]:x4} became {halves[index]}");
            Assert.Equal((uint)everyPattern[index] << 16, BitConverter.SingleToUInt32Bits(brains[index]));
        }
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("  ")]
    [InlineData("   ")]
    public void DataNeedNotBeAligned(string padding)
    {
        using SafetensorsFile file = Open("{" + Entry("m", "I32", "[2]", 12, 20) + "," + Entry("x", "F32", "[3]", 0, 12) + "}" + padding, [.. Bytes(1f, -2f, float.Epsilon), .. Bytes(-7, 9)]);
        var floats = new float[3];
        var integers = new long[2];
        file.ReadFloat32("x", floats);
        file.ReadInt64("m", integers);
        Assert.Equal([1f, -2f, float.Epsilon], floats);
        Assert.Equal([-7L, 9L], integers);
        Assert.Equal(["x", "m"], file.Names);
    }

    [Fact]
    public void PartsOfTensorsCanBeRead()
    {
        using SafetensorsFile file = Open("{" + Entry("x", "F32", "[2,2]", 0, 16) + "}", Bytes(1f, 2f, 3f, 4f));
        var two = new float[2];
        file.ReadFloat32("x", 1, two);
        Assert.Equal([2f, 3f], two);
        var bytes = new byte[4];
        file.ReadBytes("x", 12, bytes);
        Assert.Equal(Bytes(4f), bytes);
        file.ReadFloat32("x", 4, []);

        var outside = Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32("x", 3, two));
        Assert.Contains("2 elements from 3 on are not all inside tensor 'x', which has 4", outside.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32("x", -1, two));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32("x", long.MaxValue, two));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadBytes("x", 13, bytes));
        var exception = Assert.Throws<ArgumentException>(() => file.ReadFloat32("x", two));
        Assert.Contains("'x' of shape [2, 2] has 4 elements, not 2", exception.Message);
    }

    [Fact]
    public void ScalarsAndEmptyTensorsAreTensors()
    {
        using SafetensorsFile file = Open("{" + Entry("empty", "F32", "[3,0]", 0, 0) + "," + Entry("step", "I64", "[]", 0, 8) + "}", Bytes(42L));
        var step = new long[1];
        file.ReadInt64("step", step);
        file.ReadFloat32("empty", []);
        Assert.Equal(42, step[0]);
        Assert.Equal(1, file.Tensor("step").Count);
    }

    [Fact]
    public void MetadataIsRead()
    {
        using SafetensorsFile file = Open("""{"__metadata__":{"format":"pt","é\n":""}}""");
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal("", file.Metadata["é\n"]);
        Assert.Empty(file.Names);
    }

    [Fact]
    public void WrongTypesAndNamesAreNamed()
    {
        using SafetensorsFile file = Open("{" + Entry("mask", "BOOL", "[4]", 0, 4) + "," + Entry("wide", "F64", "[1]", 4, 12) + "}", new byte[12]);
        CheckpointException floats = Assert.Throws<CheckpointException>(() => file.ReadFloat32("wide", new float[1]));
        Assert.Equal($"{file.Path}: tensor 'wide' has elements of type F64, but F32, F16 or BF16 is needed", floats.Message);
        Assert.Equal("wide", floats.TensorName);
        Assert.Equal(file.Path, floats.FilePath);
        CheckpointException integers = Assert.Throws<CheckpointException>(() => file.ReadInt64("mask", new long[4]));
        Assert.Equal($"{file.Path}: tensor 'mask' has elements of type BOOL, but I64 or I32 is needed", integers.Message);
        CheckpointException missing = Assert.Throws<CheckpointException>(() => file.Tensor("masks"));
        Assert.Equal($"{file.Path}: there is no tensor 'masks'; nearest: 'mask', 'wide'", missing.Message);
        Assert.Equal("masks", missing.TensorName);
    }

    [Fact]
    public void DisposedFilesCannotBeRead()
    {
        SafetensorsFile file = Open("{" + Entry("x", "F32", "[1]", 0, 4) + "}", Bytes(1f));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.ReadFloat32("x", new float[1]));
    }

    [Fact]
    public void MissingFilesAreReportedByTheSystem() =>
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(_folder.File("none.safetensors")));

    private SafetensorsFile Open(string header, params byte[] data)
    {
        string path = _folder.File($"{Guid.NewGuid():n}.safetensors");
        File.WriteAllBytes(path, Of(header, data));
        return SafetensorsFile.Open(path);
    }
}

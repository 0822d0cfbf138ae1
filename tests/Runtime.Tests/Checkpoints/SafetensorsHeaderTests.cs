using Transformer.Compiled.Checkpoints;
using static Runtime.Tests.Checkpoints.SafetensorsImage;

namespace Runtime.Tests.Checkpoints;

public sealed class SafetensorsHeaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 0, "the header is not valid JSON")]
    [InlineData("{", 0, "the header is not valid JSON", "BytePositionInLine: 1")]
    [InlineData("{\"a\":}", 0, "the header is not valid JSON", "BytePositionInLine: 5")]
    [InlineData("{}x", 0, "the header is not valid JSON", "BytePositionInLine: 2")]
    [InlineData("{} {}", 0, "the header is not valid JSON")]
    [InlineData("{/**/}", 0, "the header is not valid JSON")]
    [InlineData("{}\0", 0, "the header is not valid JSON")]
    [InlineData("[]", 0, "the header is not an object (byte 0 of the header)")]
    [InlineData("{\"a\\ud800\":1}", 0, "half of a surrogate pair (byte 1 of the header)")]
    [InlineData("{\"__metadata__\":1}", 0, "'__metadata__' is not an object")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", 0, "'k' in '__metadata__' is not a string")]
    [InlineData("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0, "'k' appears twice in '__metadata__'")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "'__metadata__' appears twice")]
    [InlineData("{}", 4, "4 bytes trail the last tensor, which ends at byte 0")]
    public void BadHeadersAreRefused(string header, int dataLength, params string[] fragments) =>
        AssertRefused(Of(header, new byte[dataLength]), tensor: null, fragments);

    [Theory]
    [InlineData("1", "tensor 'a' is not an object (byte 5 of the header)")]
    [InlineData("{}", "tensor 'a' has no 'dtype'")]
    [InlineData("{\"dtype\":\"F32\",\"data_offsets\":[0,8]}", "tensor 'a' has no 'shape'")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[2]}", "tensor 'a' has no 'data_offsets'")]
    [InlineData("{\"dtype\":1}", "'dtype' of tensor 'a' is not a string")]
    [InlineData("{\"dtype\":\"F31\"}", "tensor 'a' has the unknown dtype 'F31'")]
    [InlineData("{\"dtype\":\"F32\",\"dtype\":\"F32\"}", "tensor 'a' has two properties 'dtype'")]
    [InlineData("{\"shape\":[],\"shape\":[]}", "tensor 'a' has two properties 'shape'")]
    [InlineData("{\"shape\":2}", "'shape' of tensor 'a' is not an array")]
    [InlineData("{\"shape\":[-2]}", "'shape' of tensor 'a' holds something else than integers")]
    [InlineData("{\"shape\":[2.0]}", "'shape' of tensor 'a' holds something else than integers")]
    [InlineData("{\"shape\":[9223372036854775808]}", "'shape' of tensor 'a' holds something else than integers")]
    [InlineData("{\"shape\":[\"2\"]}", "'shape' of tensor 'a' holds something else than integers")]
    [InlineData("{\"shape\":[[2]]}", "'shape' of tensor 'a' holds something else than integers")]
    [InlineData("{\"stride\":[1]}", "tensor 'a' has the unknown property 'stride'")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}", "tensor 'a' has 3 data offsets instead of 2")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,-8]}", "'data_offsets' of tensor 'a' holds something else than integers")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}", "tensor 'a' of type F32 and shape [2] takes 8 bytes, but its data offsets are [8, 0]")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}", "tensor 'a' of type F32 and shape [3] takes 12 bytes, but its data offsets are [0, 8]")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}", "tensor 'a' of type F32 and shape [4294967296, 4294967296] has no size in bytes")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,8]}", "tensor 'a' of type F32 and shape [4611686018427387904] has no size in bytes")]
    [InlineData("{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,8]}", "tensor 'a' of type F4 and shape [3] has no size in bytes")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}", "tensor 'a' lies at bytes 4 to 12, but the file holds 8 bytes of data")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}", "tensor 'a' lies at bytes 4 to 8, which leaves a hole after byte 0")]
    [InlineData("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[9223372036854775799,9223372036854775807]}", "but the file holds 8 bytes of data")]
    public void BadTensorsAreNamed(string entry, string fragment) =>
        AssertRefused(Of($"{{\"a\":{entry}}}", new byte[8]), "a", fragment);

    [Fact]
    public void RepeatedNamesAreRefused() =>
        AssertRefused(Of("{" + Entry("a", "U8", "[1]", 0, 1) + "," + Entry("a", "U8", "[1]", 1, 2) + "}", 1, 2), "a", "tensor 'a' appears twice (byte ");

    [Fact]
    public void OverlapsAreRefused() =>
        AssertRefused(
            Of("{" + Entry("b", "U8", "[2]", 1, 3) + "," + Entry("a", "U8", "[2]", 0, 2) + "}", 1, 2, 3),
            "b", "tensor 'b' lies at bytes 1 to 3, which overlaps the tensor before it, which ends at 2");

    [Fact]
    public void BytesThatTrailAreRefused() =>
        AssertRefused(Of("{" + Entry("a", "U8", "[1]", 0, 1) + "}", 1, 2), null, "1 bytes trail the last tensor, which ends at byte 1");

    [Fact]
    public void TextThatIsNotUtf8IsRefused()
    {
        byte[] image = Of("{\"a\":{}}");
        image[10] = 0xFF;
        AssertRefused(image, null, "the header is not UTF-8");
    }

    [Fact]
    public void LyingLengthsAreRefused()
    {
        AssertRefused([], null, "0 bytes, too short");
        AssertRefused([2, 0, 0, 0, 0, 0, 0], null, "7 bytes, too short");
        AssertRefused([3, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8], null, "truncated: a header of 3 bytes is claimed in a file of 10 bytes");
        AssertRefused([1, 225, 245, 5, 0, 0, 0, 0, .. "{}"u8], null, "a header of 100000001 bytes is claimed, above the limit");
        AssertRefused([255, 255, 255, 255, 255, 255, 255, 255, .. "{}"u8], null, "a header of 18446744073709551615 bytes is claimed");
    }

    private void AssertRefused(byte[] image, string? tensor, params string[] fragments)
    {
        string path = _folder.File("refused.safetensors");
        File.WriteAllBytes(path, image);
        CheckpointException exception = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith($"{path}: ", exception.Message);
        Assert.Equal(path, exception.FilePath);
        Assert.Equal(tensor, exception.TensorName);
        Assert.All(fragments, fragment => Assert.Contains(fragment, exception.Message));
    }
}

using Transformer.Compiled.Checkpoints;

namespace Runtime.Tests.Checkpoints;

public class FixtureRoundTripTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Fixtures).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Cases))]
    public void LoadedTensorsHaveTheFilesBits(string fixture)
    {
        string path = Path.Combine(Fixtures, fixture, "model.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using TestWeights weights = TestWeights.Load(LayoutBuilder.ForFixture(path), path);

        Assert.Equal(file.Names.Order(), weights.Names.Order());
        Assert.Empty(weights.Warnings);
        foreach (string name in file.Names)
        {
            var expected = new float[file.Tensor(name).Count];
            file.ReadFloat32(name, expected);
            AssertBits(expected, weights.Export(name));
            Assert.Equal(file.Tensor(name).Shape.ToArray(), Array.ConvertAll(weights.Shape(name).ToArray(), dimension => (long)dimension));
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void SavedWeightsLoadWithTheSameBits(string fixture)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(Fixtures, fixture);
        ModelLayout layout = LayoutBuilder.ForFixture(Path.Combine(path, "model.safetensors"));
        using TestWeights weights = TestWeights.Load(layout, path);
        weights.Save(folder.File("saved.safetensors"));

        using TestWeights reloaded = TestWeights.Load(layout, folder.File("saved.safetensors"));
        foreach (string name in weights.Names) AssertBits(weights.Export(name), reloaded.Export(name));
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("saved.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Theory, MemberData(nameof(Cases))]
    public void ExpectedValuesCanBeRead(string fixture)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(Fixtures, fixture, "expected.safetensors"));
        Assert.Contains("out.loss", file.Names);
        foreach (SafetensorsTensor tensor in file.Tensors)
        {
            var integers = new long[tensor.Type == SafetensorsType.Int64 ? tensor.Count : 0];
            var floats = new float[tensor.Type == SafetensorsType.Float32 ? tensor.Count : 0];
            Assert.Equal(tensor.Count, integers.Length + floats.Length);
            if (integers.Length > 0) file.ReadInt64(tensor.Name, integers);
            else file.ReadFloat32(tensor.Name, floats);
            Assert.All(integers, integer => Assert.InRange(integer, -100, 95));
            Assert.All(floats, value => Assert.True(float.IsFinite(value), $"{tensor.Name} holds {value}"));
        }
    }

    private static void AssertBits(float[] expected, float[] actual) =>
        Assert.Equal(Array.ConvertAll(expected, BitConverter.SingleToInt32Bits), Array.ConvertAll(actual, BitConverter.SingleToInt32Bits));
}

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
        var tokens = new long[file.Tensor("in.input_ids").Count];
        file.ReadInt64("in.input_ids", tokens);
        Assert.All(tokens, token => Assert.InRange(token, 0, 95));
    }

    private static void AssertBits(float[] expected, float[] actual) =>
        Assert.Equal(Array.ConvertAll(expected, BitConverter.SingleToInt32Bits), Array.ConvertAll(actual, BitConverter.SingleToInt32Bits));
}

using Transformer.Compiled.Checkpoints;

namespace Runtime.Tests.Checkpoints;

public class InitializerTests
{
    [Fact]
    public void DrawsDependOnSeedNameAndElementOnly()
    {
        using TestWeights panels = Initialize("w", TensorOrientation.RowMajor, StorageFormat.Panels, seed: 42);
        using TestWeights rows = Initialize("w", TensorOrientation.RowMajor, StorageFormat.RowMajor, seed: 42);
        using TestWeights otherSeed = Initialize("w", TensorOrientation.RowMajor, StorageFormat.Panels, seed: 43);
        using TestWeights otherName = Initialize("v", TensorOrientation.RowMajor, StorageFormat.Panels, seed: 42);
        Assert.Equal(rows.Export("w"), panels.Export("w"));
        Assert.NotEqual(rows.Export("w"), otherSeed.Export("w"));
        Assert.NotEqual(rows.Export("w"), otherName.Export("v"));
    }

    [Fact]
    public void NormalDrawsHaveTheirDeviation()
    {
        using TestWeights weights = Initialize("w", TensorOrientation.Transposed, StorageFormat.Panels, seed: 7);
        float[] values = weights.Export("w");
        double mean = values.Average(value => (double)value);
        double deviation = Math.Sqrt(values.Average(value => ((double)value - mean) * (value - mean)));
        Assert.InRange(mean, -0.002, 0.002);
        Assert.InRange(deviation, 0.0195, 0.0205);
        Assert.InRange(values.Max(), 0.05f, 0.15f);
    }

    [Fact]
    public void UniformDrawsFillTheirBounds()
    {
        ModelLayout layout = new LayoutBuilder("Uniform").Whole("w", [99, 101], TensorOrientation.RowMajor, StorageFormat.Panels, Initializer.Uniform(0.5f)).Build();
        using TestWeights weights = TestWeights.Initialize(layout, seed: 1);
        float[] values = weights.Export("w");
        Assert.All(values, value => Assert.InRange(value, -0.5f, 0.5f));
        Assert.InRange(values.Min(), -0.5f, -0.499f);
        Assert.InRange(values.Max(), 0.499f, 0.5f);
        Assert.InRange(values.Average(), -0.01f, 0.01f);
    }

    [Fact]
    public void ConstantsAreConstantAndPaddingIsZero()
    {
        ModelLayout layout = new LayoutBuilder("Constants")
            .Whole("ones", [5, 3], TensorOrientation.RowMajor, StorageFormat.Panels, Initializer.Ones)
            .Whole("zeros", [3], TensorOrientation.RowMajor, StorageFormat.RowMajor, Initializer.Zeros)
            .Build();
        using TestWeights weights = TestWeights.Initialize(layout, seed: 1);
        Assert.All(weights.Export("ones"), value => Assert.Equal(1f, value));
        Assert.All(weights.Export("zeros"), value => Assert.Equal(0f, value));
        float sum = 0;
        unsafe
        {
            for (nint index = 0; index < layout.Floats; index++) sum += weights.Storage.Value[index];
        }

        Assert.Equal(15f, sum);
    }

    [Theory]
    [InlineData("", 0x811C9DC5)]
    [InlineData("a", 0xE40C292C)]
    [InlineData("foobar", 0xBF9CF968)]
    public void NamesHashByFnv1A(string name, uint hash) => Assert.Equal(hash, Initializer.StableHash(name));

    private static TestWeights Initialize(string name, TensorOrientation orientation, StorageFormat format, ulong seed)
    {
        ModelLayout layout = new LayoutBuilder("Normal").Whole(name, [131, 133], orientation, format, Initializer.Normal(0.02f)).Build();
        return TestWeights.Initialize(layout, seed);
    }
}

using Transformer.Compiled.Checkpoints;
using static Runtime.Tests.Checkpoints.SafetensorsImage;

namespace Runtime.Tests.Checkpoints;

public sealed class CheckpointLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly ModelLayout Layout = new LayoutBuilder("Tiny")
    {
        Conventions = new CheckpointConventions("transformer.", [("lm_head.weight", "transformer.wte.weight")], ["*.attn.bias", "h.?.attn.masked_bias"]),
    }
        .Whole("transformer.wte.weight", [5, 2], TensorOrientation.RowMajor, StorageFormat.Panels)
        .Whole("transformer.h.0.attn.c_attn.weight", [2, 6], TensorOrientation.Transposed, StorageFormat.Panels)
        .Whole("transformer.h.0.attn.c_attn.bias", [6], TensorOrientation.RowMajor, StorageFormat.RowMajor)
        .Build();

    private static readonly SafetensorsEntry Table = Floats("transformer.wte.weight", [5, 2], 1f, 2f, 3f);
    private static readonly SafetensorsEntry Weight = Floats("transformer.h.0.attn.c_attn.weight", [2, 6], 4f, 5f);
    private static readonly SafetensorsEntry Bias = Floats("transformer.h.0.attn.c_attn.bias", [6], 6f);

    private string FilePath => _folder.File("model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NamesAreTakenWithAndWithoutThePrefix()
    {
        using TestWeights weights = Load(Floats("wte.weight", [5, 2], 1f, 2f, 3f), Weight, Floats("h.0.attn.c_attn.bias", [6], 6f));
        Assert.Equal([1f, 2f, 3f, 1f, 2f, 3f, 1f, 2f, 3f, 1f], weights.Export("wte.weight"));
        Assert.Equal(weights.Export("wte.weight"), weights.Export("transformer.wte.weight"));
        Assert.Equal([5, 2], weights.Shape("wte.weight").ToArray());
    }

    [Fact]
    public void OneTensorUnderTwoNamesIsRefused() =>
        AssertRefused("wte.weight", "tensors 'transformer.wte.weight' and 'wte.weight' are the same one of Tiny", Table, Floats("wte.weight", [5, 2], 1f), Weight, Bias);

    [Fact]
    public void TiedTensorsMayBeThereTwiceOrByTheirAlias()
    {
        using TestWeights both = Load(Table, Floats("lm_head.weight", [5, 2], 1f, 2f, 3f), Weight, Bias);
        using TestWeights alias = Load(Floats("lm_head.weight", [5, 2], 1f, 2f, 3f), Weight, Bias);
        Assert.Equal([1f, 2f, 3f, 1f, 2f, 3f, 1f, 2f, 3f, 1f], alias.Export("wte.weight"));
        Assert.Equal(alias.Export("wte.weight"), both.Export("lm_head.weight"));
        Assert.DoesNotContain("lm_head.weight", both.Names);
    }

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(0f, 0f)]
    public void TiesCompareBits(float ours, float theirs) =>
        Load(Floats("wte.weight", [5, 2], ours), Floats("lm_head.weight", [5, 2], theirs), Weight, Bias).Dispose();

    [Fact]
    public void BrokenTiesAreRefused()
    {
        const string Tied = "tensors 'transformer.wte.weight' and 'lm_head.weight' are tied in Tiny, but ";
        AssertRefused("lm_head.weight", Tied + "their elements differ", Table, Floats("lm_head.weight", [5, 2], 1f, 2f, 4f), Weight, Bias);
        AssertRefused("lm_head.weight", Tied + "their elements differ", Floats("transformer.wte.weight", [5, 2], 0f), Floats("lm_head.weight", [5, 2], -0f), Weight, Bias);
        AssertRefused("lm_head.weight", Tied + "have shapes [5, 2] and [5, 3]", Table, Floats("lm_head.weight", [5, 3], 1f), Weight, Bias);
        AssertRefused("lm_head.weight", Tied + "have types F32 and F16", Table, SafetensorsEntry.Raw("lm_head.weight", SafetensorsType.Float16, [5, 2], (_, bytes) => bytes.Clear()), Weight, Bias);
    }

    [Fact]
    public void BuffersAndTrainingStateArePassedOver() =>
        Load(
            Table, Weight, Bias, Floats("h.0.attn.bias", [1], 1f), Floats("transformer.h.0.attn.masked_bias", [1], 1f),
            SafetensorsEntry.Int64("training.step", [], (_, integers) => integers[0] = 1)).Dispose();

    [Fact]
    public void MissingTensorsAreNamed()
    {
        AssertRefused(
            "transformer.h.0.attn.c_attn.bias",
            "tensor 'transformer.h.0.attn.c_attn.bias' of shape [6] is missing; Tiny needs it", Table, Weight);
        AssertRefused(
            "transformer.wte.weight",
            "tensor 'transformer.wte.weight' of shape [5, 2] is missing, and 1 more ('transformer.h.0.attn.c_attn.bias'); Tiny needs it; "
            + "not the model's: 2 tensors; nearest: 'transformer.wpe.weight', 'extra'",
            Weight, Floats("extra", [1], 1f), Floats("transformer.wpe.weight", [1], 1f));
    }

    [Fact]
    public void ExtraTensorsAreNamed()
    {
        AssertRefused("h.1.attn.c_attn.bias", "Tiny has no place for 1 tensor: 'h.1.attn.c_attn.bias'", Table, Weight, Bias, Floats("h.1.attn.c_attn.bias", [6], 1f));
        SafetensorsEntry[] many = [Table, Weight, Bias, Floats("a", [1], 1f), Floats("b", [1], 1f), Floats("c", [1], 1f), Floats("d", [1], 1f), Floats("e", [1], 1f)];
        AssertRefused("a", "Tiny has no place for 5 tensors: 'a', 'b', 'c' and 2 more", many);
    }

    [Fact]
    public void BothShapesAreNamed()
    {
        AssertRefused("transformer.wte.weight", "tensor 'transformer.wte.weight' has shape [2, 5], but Tiny expects [5, 2]", Floats("transformer.wte.weight", [2, 5], 1f), Weight, Bias);
        AssertRefused("transformer.h.0.attn.c_attn.bias", "has shape [1, 6], but Tiny expects [6]", Table, Weight, Floats("transformer.h.0.attn.c_attn.bias", [1, 6], 1f));
    }

    [Fact]
    public void WrongTypesAreNamed() =>
        AssertRefused(
            "transformer.h.0.attn.c_attn.bias", "tensor 'transformer.h.0.attn.c_attn.bias' has elements of type I64, but F32, F16 or BF16 is needed",
            Table, Weight, SafetensorsEntry.Int64("transformer.h.0.attn.c_attn.bias", [6], (_, integers) => integers.Clear()));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void ValuesThatAreNotFiniteAreWarnedOf(float value)
    {
        using TestWeights weights = Load(Table, Floats("transformer.h.0.attn.c_attn.weight", [2, 6], 1f, 2f, 3f, 4f, 5f, 6f, 7f, value), Bias);
        Assert.Equal([$"{FilePath}: tensor 'transformer.h.0.attn.c_attn.weight' holds values that are not finite"], weights.Warnings);
    }

    [Fact]
    public void ARefusedCheckpointChangesNothing()
    {
        using TestWeights weights = Load(Table, Weight, Bias);
        Write(FilePath, Floats("transformer.wte.weight", [5, 2], 9f), Floats("transformer.h.0.attn.c_attn.weight", [2, 6], 9f), Floats("transformer.h.0.attn.c_attn.bias", [7], 9f));
        Assert.Throws<CheckpointException>(() => weights.LoadFrom(FilePath));
        Assert.Equal([1f, 2f, 3f, 1f, 2f, 3f, 1f, 2f, 3f, 1f], weights.Export("wte.weight"));
    }

    [Fact]
    public void PaddingStaysZero()
    {
        using TestWeights weights = Load(Table, Weight, Bias);
        var held = new HashSet<nint>();
        foreach (ParameterInfo parameter in Layout.Parameters)
        {
            for (int row = 0; row < parameter.Rows; row++)
            {
                for (int column = 0; column < parameter.Columns; column++) Assert.True(held.Add(parameter.ElementOffset(row, column)));
            }
        }

        unsafe
        {
            for (nint index = 0; index < Layout.Floats; index++)
                if (!held.Contains(index)) Assert.Equal(0f, weights.Storage.Value[index]);
        }
    }

    [Fact]
    public void SavedFilesHoldTiedTensorsOnceUnderTheirFullNames()
    {
        using TestWeights weights = Load(Floats("lm_head.weight", [5, 2], 1f), Floats("h.0.attn.c_attn.weight", [2, 6], 2f), Floats("h.0.attn.c_attn.bias", [6], 3f));
        weights.Save(FilePath);
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        Assert.Equal(["transformer.h.0.attn.c_attn.bias", "transformer.h.0.attn.c_attn.weight", "transformer.wte.weight"], file.Names);
        Assert.Equal([2, 6], file.Tensor("transformer.h.0.attn.c_attn.weight").Shape.ToArray());
    }

    [Fact]
    public void AFailingSaveLeavesTheOldFile()
    {
        using TestWeights weights = Load(Table, Weight, Bias);
        byte[] before = File.ReadAllBytes(FilePath);
        Assert.Throws<DirectoryNotFoundException>(() => weights.Save(_folder.File("none/model.safetensors")));
        weights.Dispose();
        Assert.Throws<ObjectDisposedException>(() => weights.Save(FilePath));
        Assert.Equal(before, File.ReadAllBytes(FilePath));
        Assert.Equal(["model.safetensors"], _folder.FileNames());
    }

    private static void Write(string path, params SafetensorsEntry[] entries) => SafetensorsWriter.Write(path, entries, SafetensorsWriter.PyTorchMetadata);

    private TestWeights Load(params SafetensorsEntry[] entries)
    {
        Write(FilePath, entries);
        return TestWeights.Load(Layout, FilePath);
    }

    private void AssertRefused(string tensor, string message, params SafetensorsEntry[] entries)
    {
        CheckpointException exception = Assert.Throws<CheckpointException>(() => Load(entries));
        Assert.Equal(tensor, exception.TensorName);
        Assert.Equal(FilePath, exception.FilePath);
        Assert.StartsWith($"{FilePath}: ", exception.Message);
        Assert.Contains(message, exception.Message);
    }
}

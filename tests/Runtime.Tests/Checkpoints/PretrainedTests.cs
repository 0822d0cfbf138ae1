using Transformer.Compiled.Checkpoints;
using static Runtime.Tests.Checkpoints.SafetensorsImage;

namespace Runtime.Tests.Checkpoints;

/// <summary>Checkpoints of other tasks, and tensors of several names.</summary>
public sealed class PretrainedTests : IDisposable
{
    private static readonly ModelLayout Classifier = new LayoutBuilder("Classifier")
    {
        Conventions = new CheckpointConventions("bert.", [("pooler.old.weight", "bert.pooler.dense.weight")], ["*.position_ids"])
        {
            HeadPatterns = ["classifier.*", "pooler.*", "cls.*"],
        },
    }
        .Whole("bert.embeddings.weight", [5, 2], TensorOrientation.RowMajor, StorageFormat.RowMajor)
        .Whole("bert.pooler.dense.weight", [2, 2], TensorOrientation.RowMajor, StorageFormat.Panels, Initializer.Normal(0.02f))
        .Whole("classifier.weight", [3, 2], TensorOrientation.RowMajor, StorageFormat.Panels, Initializer.Normal(0.02f))
        .Whole("classifier.bias", [3], TensorOrientation.RowMajor, StorageFormat.RowMajor, Initializer.Ones)
        .Build();

    private static readonly ModelLayout Shared = new LayoutBuilder("Shared")
    {
        Conventions = new CheckpointConventions(
            "",
            [("lm_head.weight", "shared.weight"), ("encoder.embed_tokens.weight", "shared.weight"), ("decoder.embed_tokens.weight", "shared.weight")],
            []),
    }
        .Whole("shared.weight", [5, 2], TensorOrientation.RowMajor, StorageFormat.Panels)
        .Build();

    private static readonly SafetensorsEntry Table = Floats("bert.embeddings.weight", [5, 2], 1f, 2f, 3f);

    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AHeadThatIsLackingIsDrawnAndOthersArePassedOver()
    {
        Write(Table, Floats("bert.pooler.dense.weight", [2, 2], 7f), Floats("cls.predictions.bias", [5], 1f), Floats("bert.embeddings.position_ids", [1], 1f));
        using TestWeights weights = TestWeights.LoadPretrained(Classifier, FilePath, seed: 11);
        using TestWeights fresh = TestWeights.Initialize(Classifier, seed: 11);
        Assert.Equal(["classifier.weight", "classifier.bias"], weights.Drawn);
        Assert.Equal([1f, 2f, 3f, 1f, 2f, 3f, 1f, 2f, 3f, 1f], weights.Export("embeddings.weight"));
        Assert.Equal([7f, 7f, 7f, 7f], weights.Export("bert.pooler.dense.weight"));
        Assert.Equal(fresh.Export("classifier.weight"), weights.Export("classifier.weight"));
        Assert.Equal([1f, 1f, 1f], weights.Export("classifier.bias"));
    }

    [Fact]
    public void AHeadThatIsThereIsLoaded()
    {
        Write(Table, Floats("pooler.old.weight", [2, 2], 7f), Floats("classifier.weight", [3, 2], 5f), Floats("classifier.bias", [3], 6f));
        using TestWeights weights = TestWeights.LoadPretrained(Classifier, FilePath, seed: 11);
        Assert.Empty(weights.Drawn);
        Assert.Equal([5f, 5f, 5f, 5f, 5f, 5f], weights.Export("classifier.weight"));
        Assert.Equal([7f, 7f, 7f, 7f], weights.Export("bert.pooler.dense.weight"));
    }

    [Fact]
    public void WhatIsNotOfAHeadIsRequiredAndKnown()
    {
        Write(Floats("classifier.bias", [3], 6f));
        var missing = Assert.Throws<CheckpointException>(() => TestWeights.LoadPretrained(Classifier, FilePath, seed: 1));
        Assert.Equal("bert.embeddings.weight", missing.TensorName);
        Write(Table, Floats("bert.encoder.bias", [3], 6f));
        var extra = Assert.Throws<CheckpointException>(() => TestWeights.LoadPretrained(Classifier, FilePath, seed: 1));
        Assert.Contains("Classifier has no place for 1 tensor: 'bert.encoder.bias'", extra.Message);
        Write(Table);
        Assert.EndsWith("; LoadPretrained draws a head that is lacking", Assert.Throws<CheckpointException>(() => TestWeights.Load(Classifier, FilePath)).Message);
        Write(Table, Floats("bert.pooler.dense.weight", [2, 2], 7f), Floats("classifier.weight", [3, 2], 5f), Floats("classifier.bias", [3], 6f), Floats("cls.bias", [1], 1f));
        Assert.EndsWith("'cls.bias'; LoadPretrained passes over heads of other tasks", Assert.Throws<CheckpointException>(() => TestWeights.Load(Classifier, FilePath)).Message);
    }

    [Fact]
    public void AHeadOfAnotherSizeIsRefusedUnlessItMayBeDrawn()
    {
        Write(Table, Floats("pooler.old.weight", [2, 2], 7f), Floats("classifier.weight", [4, 2], 1f), Floats("classifier.bias", [3], 6f));
        foreach (Func<TestWeights> load in (Func<TestWeights>[])[() => TestWeights.Load(Classifier, FilePath), () => TestWeights.LoadPretrained(Classifier, FilePath, seed: 11)])
        {
            var error = Assert.Throws<CheckpointException>(load);
            Assert.Equal("classifier.weight", error.TensorName);
            Assert.EndsWith(
                ": tensor 'classifier.weight' has shape [4, 2], but Classifier expects [3, 2]; it is one of the head: compile Classifier for the checkpoint's number of labels, "
                + "or draw a new head by LoadPretrained with MismatchedSizes.DrawHead",
                error.Message,
                StringComparison.Ordinal);
        }

        using TestWeights weights = TestWeights.LoadPretrained(Classifier, FilePath, seed: 11, MismatchedSizes.DrawHead);
        using TestWeights fresh = TestWeights.Initialize(Classifier, seed: 11);
        Assert.Equal(["classifier.weight"], weights.Drawn);
        Assert.Equal(fresh.Export("classifier.weight"), weights.Export("classifier.weight"));
        Assert.Equal([6f, 6f, 6f], weights.Export("classifier.bias"));
        Assert.Equal([7f, 7f, 7f, 7f], weights.Export("bert.pooler.dense.weight"));
        Assert.Equal([1f, 2f, 3f, 1f, 2f, 3f, 1f, 2f, 3f, 1f], weights.Export("embeddings.weight"));

        Write(Table, Floats("bert.pooler.dense.weight", [2, 3], 7f), Floats("classifier.bias", [1], 6f));
        using TestWeights other = TestWeights.LoadPretrained(Classifier, FilePath, seed: 11, MismatchedSizes.DrawHead);
        Assert.Equal(["bert.pooler.dense.weight", "classifier.weight", "classifier.bias"], other.Drawn);
    }

    [Fact]
    public void ABodyOfAnotherSizeIsAlwaysRefused()
    {
        Write(Floats("bert.embeddings.weight", [4, 2], 1f), Floats("classifier.weight", [4, 2], 1f));
        var error = Assert.Throws<CheckpointException>(() => TestWeights.LoadPretrained(Classifier, FilePath, seed: 11, MismatchedSizes.DrawHead));
        Assert.EndsWith("tensor 'bert.embeddings.weight' has shape [4, 2], but Classifier expects [5, 2]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => TestWeights.LoadPretrained(Classifier, FilePath, seed: 11, (MismatchedSizes)2));
    }

    [Fact]
    public void ATensorMayStandUnderSeveralNamesAndIsWrittenOnce()
    {
        SafetensorsEntry[] all =
        [
            Floats("shared.weight", [5, 2], 1f, 2f), Floats("lm_head.weight", [5, 2], 1f, 2f),
            Floats("encoder.embed_tokens.weight", [5, 2], 1f, 2f), Floats("decoder.embed_tokens.weight", [5, 2], 1f, 2f),
        ];
        for (int names = 1; names < 16; names++)
        {
            Write([.. all.Where((_, index) => (names >> index & 1) != 0)]);
            using TestWeights weights = TestWeights.Load(Shared, FilePath);
            Assert.Equal([1f, 2f, 1f, 2f, 1f, 2f, 1f, 2f, 1f, 2f], weights.Export("decoder.embed_tokens.weight"));
            weights.Save(FilePath);
            using SafetensorsFile file = SafetensorsFile.Open(FilePath);
            Assert.Equal(["shared.weight"], file.Names);
        }

        for (int wrong = 1; wrong < 4; wrong++)
        {
            SafetensorsEntry[] entries = [.. all];
            entries[wrong] = Floats(all[wrong].Name, [5, 2], 1f, 3f);
            Write(entries);
            var error = Assert.Throws<CheckpointException>(() => TestWeights.Load(Shared, FilePath));
            Assert.Contains($"tensors 'shared.weight' and '{all[wrong].Name}' are tied in Shared, but their elements differ", error.Message);
        }
    }

    private void Write(params SafetensorsEntry[] entries) => SafetensorsWriter.Write(FilePath, entries, SafetensorsWriter.PyTorchMetadata);
}

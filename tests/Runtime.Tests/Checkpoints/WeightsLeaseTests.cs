using Transformer.Compiled.Checkpoints;

namespace Runtime.Tests.Checkpoints;

public class WeightsLeaseTests
{
    private static readonly ModelLayout Layout = new LayoutBuilder("Leased").Whole("x", [2], TensorOrientation.RowMajor, StorageFormat.RowMajor).Build();

    [Fact]
    public void SessionsShareAndTrainersDoNot()
    {
        using var weights = new TestWeights(Layout);
        weights.AddReader();
        weights.AddReader();
        AssertRefused("The weights of Leased are held by 2 sessions or encoders; dispose them", weights.AcquireExclusive);
        weights.ReleaseReader();
        AssertRefused("The weights of Leased are held by 1 session or encoder; dispose them", weights.AcquireExclusive);
        weights.ReleaseReader();

        weights.AcquireExclusive();
        AssertRefused("The weights of Leased are held by a trainer", weights.AddReader);
        AssertRefused("The weights of Leased are held by a trainer", weights.AcquireExclusive);
        weights.ReleaseExclusive();
        weights.AddReader();
        weights.ReleaseReader();
    }

    [Fact]
    public void ReleasesMatchAcquisitions()
    {
        using var weights = new TestWeights(Layout);
        AssertRefused("held by no session", weights.ReleaseReader);
        AssertRefused("held by no trainer", weights.ReleaseExclusive);
    }

    [Fact]
    public void HeldWeightsAreNotImportedInto()
    {
        using var weights = new TestWeights(Layout);
        float[] values = [1f, 2f];
        weights.AddReader();
        AssertRefused("held by 1 session", () => weights.Import("x", values));
        weights.ReleaseReader();
        weights.AcquireExclusive();
        AssertRefused("held by a trainer", () => weights.Import("x", values));
        weights.Layout.Import(weights.Storage, "x", values);
        Assert.Equal(values, weights.Export("x"));
        weights.ReleaseExclusive();

        Assert.Throws<ArgumentException>(() => weights.Import("y", values));
        weights.Import("x", [3f, 4f]);
        Assert.Equal([3f, 4f], weights.Export("x"));
    }

    [Fact]
    public unsafe void DisposedWeightsLiveUntilTheirLastHolderLetsGo()
    {
        var weights = new TestWeights(Layout);
        weights.Import("x", [1f, 2f]);
        weights.AddReader();
        float* storage = weights.Storage.Value;
        weights.Dispose();
        Assert.Equal(2f, storage[1]);
        Assert.Throws<ObjectDisposedException>(weights.AddReader);
        Assert.Throws<ObjectDisposedException>(weights.AcquireExclusive);
        Assert.Contains("The weights of Leased are disposed", Assert.Throws<ObjectDisposedException>(() => weights.Export("x")).Message);
        weights.ReleaseReader();
        weights.Dispose();
        AssertRefused("held by no session", weights.ReleaseReader);
    }

    private static void AssertRefused(string message, Action action) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(action).Message);
}

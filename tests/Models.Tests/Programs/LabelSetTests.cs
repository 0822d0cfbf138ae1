using Transformer.Compiled.Models;

namespace Models.Tests.Programs;

public sealed class LabelSetTests
{
    [Fact]
    public void LabelsOfDataAreInOrderAndReadAsTheyWereWritten()
    {
        string file = Path.GetTempFileName();
        LabelSet.Of(["good", "bad", "good", "Ugly"]).Save(file);
        LabelSet labels = LabelSet.Load(file);
        File.Delete(file);
        Assert.Equal(["Ugly", "bad", "good"], Enumerable.Range(0, labels.Count).Select(number => labels[number]));
        Assert.Equal(2, labels.Find("good"));
    }
}

using System.Numerics.Tensors;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Models.Classification;
using Transformer.Compiled.Training;

namespace Models.Tests.Programs;

public sealed class TextClassifierTests : IDisposable
{
    private readonly string _table = Path.GetTempFileName();

    public void Dispose() => File.Delete(_table);

    /// <summary>Also of a table in which every tenth text has the same label.</summary>
    [Fact]
    public void ATenthOfEachLabelIsForValidation()
    {
        File.WriteAllText(_table, "label,text\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{(row % 2 == 0 ? "good" : "bad")},t{row}\n")));
        ClassifierData data = ClassifierData.Read(_table, labels: 2, seed: 1);
        Assert.Equal(("bad", "good"), (data.Labels[0], data.Labels[1]));
        Assert.Equal([0, 0, 1, 1], data.Validation.Select(text => text.Label).Order());
        Assert.Equal((36, 18), (data.Training.Count, data.Training.Count(text => text.Label == 1)));
        LabelledText[] all = [.. Enumerable.Range(0, 40).Select(row => new LabelledText($"t{row}", 1 - row % 2))];
        Assert.Equal(all.Except(data.Validation), data.Training);
        Assert.Equal(data.Validation, ClassifierData.Read(_table, labels: 2, seed: 1).Validation);
        Assert.NotEqual(data.Validation, ClassifierData.Read(_table, labels: 2, seed: 2).Validation);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void OfFewTextsOneIsForValidation(int rows)
    {
        File.WriteAllText(_table, "label,text\n" + string.Concat(Enumerable.Range(0, rows).Select(row => $"{row % 2},t{row}\n")));
        ClassifierData data = ClassifierData.Read(_table, labels: 2, seed: 1);
        Assert.Equal((rows - 1, 1), (data.Training.Count, data.Validation.Count));
    }

    [Theory]
    [InlineData("text,label\na,1\nb,2\nc,3\n", " has 3 different labels; the program was built for 2: build it with -p:Labels=3.")]
    [InlineData("text,label\na,1\n", " has too few rows, 1: one for validation and one to train on are needed.")]
    [InlineData("text,tag\na,1\n", ", line 1: there is no column 'label'; the header is 'text,tag'.")]
    public void OtherTablesAreRefused(string table, string message)
    {
        File.WriteAllText(_table, table);
        Assert.Equal(_table + message, Assert.Throws<InvalidDataException>(() => ClassifierData.Read(_table, labels: 2, seed: 1)).Message);
    }

    /// <summary>From random weights the model learns which of two words a text has; the label that no text has stays out of the way.</summary>
    [Fact]
    public void FineTuningLearnsTheLabels()
    {
        string[] subjects = ["the film", "the book", "a tower", "London", "Paris", "Marie", "who"];
        IEnumerable<string> rows = Enumerable.Range(0, 70).Select(row => $"{subjects[row % 7]} is {(row / 7 % 2 == 0 ? "very good,yes" : "bad,no")}");
        File.WriteAllLines(_table, rows.Prepend("text,label"));
        ClassifierData data = ClassifierData.Read(_table, ClassifierSizes.Labels, seed: 5);

        using ClassifierModel.Weights initial = ClassifierModel.Weights.Initialize(seed: 5);
        Enlarge(initial, factor: 10);
        using var folder = new ModelFolder("text-classifier", initial);
        using ClassifierModel.Weights weights = ClassifierModel.Weights.LoadPretrained(folder.Path, seed: 5);
        const int Steps = 30;
        using (var trainer = new ClassifierModel.Trainer(weights, ClassifierTraining.Optimizer(3e-3, Steps)))
        {
            ExampleBatches<LabelledTokens> batches = ClassifierTraining.Batches(folder.Tokenizer, data.Training, seed: 5);
            Assert.Equal(4, batches.BatchesPerEpoch);
            new TrainingLoop(trainer, batches).Run(Steps);
        }

        using var labeler = new TextLabeler(weights, folder.Tokenizer, data.Labels);
        Assert.Equal(1, labeler.Confusion(data.Validation).Accuracy);
        Assert.Equal("no", labeler.Classify("the tower is bad")[0].Label);
        Assert.Equal(1, labeler.Classify("the tower is bad").Sum(pair => pair.Probability), 1e-5);
    }

    /// <summary>Draws for models as narrow as this one are too small to learn from in a few steps.</summary>
    private static void Enlarge(ModelWeights weights, float factor)
    {
        foreach (string name in weights.Names.Where(name => weights.Shape(name).Length == 2))
        {
            var values = new float[weights.Shape(name)[0] * weights.Shape(name)[1]];
            weights.Export(name, values);
            TensorPrimitives.Multiply(values, factor, values);
            weights.Import(name, values);
        }
    }
}

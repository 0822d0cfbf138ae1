using Transformer.Compiled.Metrics;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Metrics;

public sealed class ConfusionMatrixTests
{
    private const double Tolerance = 1e-15;

    /// <summary>The example in scikit-learn's documentation of confusion_matrix.</summary>
    [Fact]
    public void CountsAreThoseOfScikitLearn()
    {
        ConfusionMatrix matrix = Matrix(classes: 3, predictions: [0, 0, 2, 2, 0, 2], targets: [2, 0, 2, 2, 0, 1]);
        long[,] expected = { { 2, 0, 0 }, { 0, 0, 1 }, { 1, 0, 2 } };
        for (int target = 0; target < 3; target++)
        {
            for (int prediction = 0; prediction < 3; prediction++) Assert.Equal(expected[target, prediction], matrix[target, prediction]);
        }
    }

    /// <summary>The example in scikit-learn's documentation of f1_score, precision_score and recall_score.</summary>
    [Fact]
    public void ScoresAreThoseOfScikitLearn()
    {
        ConfusionMatrix matrix = Matrix(classes: 3, predictions: [0, 2, 1, 0, 0, 1], targets: [0, 1, 2, 0, 1, 2]);
        AssertNear(new(2 / 9.0, 1 / 3.0, 0.8 / 3), matrix.Macro);
        AssertNear(new(1 / 3.0, 1 / 3.0, 1 / 3.0), matrix.Micro);
        AssertNear(new(2 / 3.0, 1, 0.8), matrix.Score(0));
        AssertNear(default, matrix.Score(1));
        AssertNear(default, matrix.Score(2));
        Assert.Equal(1 / 3.0, matrix.Accuracy);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void ScoresAreThoseOfTheDefinitions(int classes)
    {
        var random = new Random(classes);
        int[] predictions = new int[200];
        int[] targets = new int[200];
        for (int i = 0; i < targets.Length; i++)
        {
            predictions[i] = random.Next(classes);
            targets[i] = random.Next(10) == 0 ? Labels.Ignored : random.Next(classes);
        }
        ConfusionMatrix matrix = Matrix(classes, predictions, targets);

        (int Prediction, int Target)[] pairs = [.. predictions.Zip(targets).Where(pair => pair.Second != Labels.Ignored)];
        Assert.Equal(pairs.Length, matrix.Count);
        for (int c = 0; c < classes; c++)
        {
            double correct = pairs.Count(pair => pair.Prediction == c && pair.Target == c);
            double precision = correct / pairs.Count(pair => pair.Prediction == c);
            double recall = correct / pairs.Count(pair => pair.Target == c);
            AssertNear(new(precision, recall, 2 * precision * recall / (precision + recall)), matrix.Score(c));
        }
        Assert.Equal(pairs.Count(pair => pair.Prediction == pair.Target) / (double)pairs.Length, matrix.Accuracy);
    }

    [Fact]
    public void ClassesThatDoNotOccurAreNotInTheMacroMean()
        => AssertNear(new(1, 1, 1), Matrix(classes: 5, predictions: [0, 3], targets: [0, 3]).Macro);

    [Fact]
    public void ScoresOfNothingAreZero()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add(prediction: 1, target: Labels.Ignored);
        AssertNear(default, matrix.Micro);
        AssertNear(default, matrix.Macro);
        AssertNear(default, matrix.Score(1));
        Assert.Equal(0, matrix.Accuracy);
    }

    [Fact]
    public void WhatIsNoClassIsRefused()
    {
        var matrix = new ConfusionMatrix(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(prediction: 2, target: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(prediction: 0, target: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Score(2));
        Assert.Throws<ArgumentException>(() => matrix.Add([0], [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(0));
        Assert.Equal(0, matrix.Count);
    }

    [Fact]
    public void AccuracyCountsWhatIsNotIgnored()
    {
        var accuracy = new Accuracy();
        Assert.Equal(0, accuracy.Value);
        accuracy.Add([1, 2, 3, 4], [1, 0, 3, Labels.Ignored]);
        Assert.Equal((2L, 3L), (accuracy.Correct, accuracy.Count));
        Assert.Equal(2 / 3.0, accuracy.Value);
        Assert.Throws<ArgumentException>(() => accuracy.Add([1], []));
    }

    [Fact]
    public void ExactMatchComparesWholeSequences()
    {
        var match = new ExactMatch();
        Assert.Equal(0, match.Value);
        match.Add("四千零二十一", "四千零二十一");
        match.Add("四千零二十一", "四千零二十");
        match.Add([1, 2], [1, 2]);
        match.Add("", "");
        Assert.Equal(0.75, match.Value);
    }

    private static ConfusionMatrix Matrix(int classes, int[] predictions, int[] targets)
    {
        var matrix = new ConfusionMatrix(classes);
        matrix.Add(predictions, targets);
        return matrix;
    }

    private static void AssertNear(PrecisionRecallF1 expected, PrecisionRecallF1 actual)
    {
        Assert.Equal(expected.Precision, actual.Precision, Tolerance);
        Assert.Equal(expected.Recall, actual.Recall, Tolerance);
        Assert.Equal(expected.F1, actual.F1, Tolerance);
    }
}

using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class SoftmaxCrossEntropyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(33)]
    public void Loss_and_gradient_agree_with_the_reference(int rows)
    {
        Check<D1>(rows);
        Check<D7>(rows);
        Check<D17>(rows);
        Check<D131>(rows);
    }

    [Fact]
    public void Vocabularies_longer_than_a_block_agree_too() => Check<D5000>(rows: 5);

    [Fact]
    public void Large_logits_neither_overflow_nor_lose_the_loss()
    {
        using KernelTest test = new();
        var logits = test.Source([1e4f, -1e4f, 0f, 3e38f, -3e38f, 3e38f]);
        var targets = test.Indices([0, 2]);
        test.Check(
            [[0, Math.Log(2)], [1e4, 3e38f]],
            (team, o) => SoftmaxCrossEntropy.Forward<D3, Chosen>(team, logits, targets, default, 2, 0f, o[0], o[1]),
            tolerance: 1);
    }

    [Fact]
    public void Masked_logits_count_for_nothing()
    {
        float[] row = new float[D5000.Value];
        Array.Fill(row, float.NegativeInfinity);
        row[4990] = 1;
        row[4999] = 2;
        using KernelTest test = new();
        var logits = test.Source(row);
        var targets = test.Indices([4990]);
        double logNormalizer = 1 + Math.Log(1 + Math.E);
        test.Check(
            [[logNormalizer - 1], [logNormalizer]],
            (team, o) => SoftmaxCrossEntropy.Forward<D5000, Chosen>(team, logits, targets, default, 1, 0f, o[0], o[1]));
    }

    [Fact]
    public void NaN_in_a_row_is_NaN_in_its_loss()
    {
        using KernelTest test = new();
        var logits = test.Source([1f, float.NaN, 2f, 1f, 1f, 1f]);
        var targets = test.Indices([0, 1]);
        test.Check(
            [[double.NaN, Math.Log(3)], [double.NaN, 1 + Math.Log(3)]],
            (team, o) => SoftmaxCrossEntropy.Forward<D3, Chosen>(team, logits, targets, default, 2, 0f, o[0], o[1]));
    }

    [Fact]
    public void Without_any_target_loss_and_gradient_are_zero()
    {
        using KernelTest test = new();
        var logits = test.Source([1f, 2f, 3f]);
        var targets = test.Indices([-100]);
        var normalizers = test.Source([3.4f]);
        test.Check([[0], [3 + Math.Log(1 + Math.Exp(-1) + Math.Exp(-2))]], (team, o) =>
            Assert.True(SoftmaxCrossEntropy.Forward<D3, Chosen>(team, logits, targets, default, 1, 0f, o[0], o[1]) == 0));
        test.Check([0, 0, 0], (team, d) => SoftmaxCrossEntropy.Gradient<D3, Chosen>(team, logits, targets, normalizers, default, 1, 0f, d));
    }

    /// <summary>The numbers are PyTorch's: F.cross_entropy(x, t, weight=…, label_smoothing=…) in float64.</summary>
    [Fact]
    public void Smoothed_and_weighted_losses_are_PyTorchs()
    {
        AssertPyTorchs([], 0.1f, 1.4273026345726165,
            [0.04782894959, -0.0008688643356, -0.04696008526, -0.07163099739, 0.05750109022, 0.01412990717, 0, 0, 0, 0.2975353076, -0.3017907969, 0.00425548924]);
        AssertPyTorchs([0.5f, 2, 1.25f], 0, 2.0293352193773346,
            [0.0589400607, 0.01024224678, -0.06918230748, -0.03754128785, 0.02744488053, 0.01009640731, 0, 0, 0, 0.49383427, -0.5184208305, 0.02458656056]);
        AssertPyTorchs([0.5f, 2, 1.25f], 0.1f, 2.054965294230196,
            [0.05449561626, -0.007535531002, -0.04696008526, -0.01428359213, 0.01378383484, 0.0004997572994, 0, 0, 0, 0.4708710404, -0.4834244938, 0.01255345343]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void Smoothed_and_weighted_losses_agree_with_the_reference(int rows)
    {
        foreach (float smoothing in (float[])[0, 0.25f, 1])
        {
            foreach (bool weighted in (bool[])[false, true])
            {
                Check<D1>(rows, smoothing, weighted);
                Check<D7>(rows, smoothing, weighted);
                Check<D131>(rows, smoothing, weighted);
            }
        }
        Check<D5000>(2, 0.1f, weighted: true);
    }

    [Fact]
    public void Classes_without_weight_count_for_nothing()
    {
        using KernelTest test = new();
        var logits = test.Source([1f, 2f, 3f]);
        var targets = test.Indices([1]);
        var normalizers = test.Source([3.4f]);
        var weights = test.Source([1f, 0f, 1f]);
        test.Check([[0], [3 + Math.Log(1 + Math.Exp(-1) + Math.Exp(-2))]], (team, o) =>
            Assert.True(SoftmaxCrossEntropy.Forward<D3, Chosen>(team, logits, targets, weights, 1, 0f, o[0], o[1]) == 0));
        test.Check([0, 0, 0], (team, d) => SoftmaxCrossEntropy.Gradient<D3, Chosen>(team, logits, targets, normalizers, weights, 1, 0f, d));
    }

    private static void AssertPyTorchs(float[] weights, float smoothing, double loss, double[] gradient)
    {
        double[] xs = [0.5, -1.25, 2.0, 1.5, 0.25, -0.75, -2.0, 0.125, 1.0, 3.0, -0.5, 0.0];
        LossReference reference = LossReference.Of(xs, [2, 0, -100, 1], 3, weights, smoothing);
        Assert.Equal(loss, reference.Loss, 1e-8);
        KernelTest.AssertNear(gradient, Array.ConvertAll(reference.Gradient, value => (float)value), 1e-7);
    }

    private static void Check<TV>(int rows, float smoothing, bool weighted)
        where TV : struct, IDimension
    {
        using KernelTest test = new();
        var x = test.Source(rows * TV.Value, out double[] xs, scale: 4);
        int[] targets = test.RandomIndices(rows, TV.Value);
        for (int row = 2; row < rows; row += 5) targets[row] = -100;
        var target = test.Indices(targets);
        float[] weights = weighted ? [.. Enumerable.Range(0, TV.Value).Select(c => (c % 4 * 0.5f) + 0.25f)] : [];
        var weight = weighted ? test.Source(weights) : default;
        LossReference reference = LossReference.Of(xs, targets, TV.Value, weights, smoothing);
        test.Check([reference.RowLosses, reference.LogNormalizers], (team, o) =>
        {
            float loss = SoftmaxCrossEntropy.Forward<TV, Chosen>(team, x, target, weight, rows, smoothing, o[0], o[1]);
            Assert.True(Math.Abs(loss - reference.Loss) < 1e-5 * (1 + reference.Loss));
        });

        var normalizer = test.Source(reference.LogNormalizers);
        test.Check(reference.Gradient, (team, d) => SoftmaxCrossEntropy.Gradient<TV, Chosen>(team, x, target, normalizer, weight, rows, smoothing, d), 1e-6);
    }

    /// <summary>PyTorch's definition, term by term.</summary>
    private sealed record LossReference(double Loss, double[] RowLosses, double[] LogNormalizers, double[] Gradient)
    {
        public static LossReference Of(double[] x, int[] targets, int classes, float[] weights, double smoothing)
        {
            int rows = targets.Length;
            double Weight(int c) => weights.Length == 0 ? 1 : weights[c];
            double total = targets.Where(t => t != -100).Sum(Weight);
            (double[] losses, double[] normalizers, double[] gradient) = (new double[rows], new double[rows], new double[x.Length]);
            for (int row = 0; row < rows; row++)
            {
                double[] logits = x[(row * classes)..((row + 1) * classes)];
                normalizers[row] = Math.Log(logits.Sum(Math.Exp));
                int target = targets[row];
                if (target == -100) continue;
                for (int c = 0; c < classes; c++)
                {
                    double share = Weight(c) * ((smoothing / classes) + (c == target ? 1 - smoothing : 0));
                    losses[row] += share * (normalizers[row] - logits[c]);
                    for (int d = 0; d < classes; d++)
                        gradient[(row * classes) + d] += share * (Math.Exp(logits[d] - normalizers[row]) - (d == c ? 1 : 0)) / total;
                }
            }

            return new LossReference(losses.Sum() / total, losses, normalizers, gradient);
        }
    }

    private static void Check<TV>(int rows)
        where TV : struct, IDimension
    {
        int v = TV.Value;
        using KernelTest test = new();
        var x = test.Source(rows * v, out double[] xs, scale: 4);
        int[] targets = test.RandomIndices(rows, v);
        for (int row = 2; row < rows; row += 5) targets[row] = -100;
        var target = test.Indices(targets);
        int counted = targets.Count(t => t != -100);
        double[] normalizers = new double[rows];
        double[] losses = new double[rows];
        double[] gradient = new double[rows * v];
        for (int row = 0; row < rows; row++)
        {
            double[] logits = xs[(row * v)..((row + 1) * v)];
            normalizers[row] = Math.Log(logits.Sum(Math.Exp));
            if (targets[row] == -100) continue;
            losses[row] = normalizers[row] - logits[targets[row]];
            for (int c = 0; c < v; c++) gradient[(row * v) + c] = (Math.Exp(logits[c] - normalizers[row]) - (c == targets[row] ? 1 : 0)) / counted;
        }

        double mean = losses.Sum() / counted;
        test.Check([losses, normalizers], (team, o) =>
        {
            float loss = SoftmaxCrossEntropy.Forward<TV, Chosen>(team, x, target, default, rows, 0f, o[0], o[1]);
            Assert.True(Math.Abs(loss - mean) < 1e-5 * (1 + mean));
        });

        var normalizer = test.Source(normalizers);
        test.Check(gradient, (team, d) => SoftmaxCrossEntropy.Gradient<TV, Chosen>(team, x, target, normalizer, default, rows, 0f, d), 1e-6);
        float[] source = Array.ConvertAll(xs, value => (float)value);
        test.Check(gradient, (team, d) =>
        {
            source.CopyTo(d.Span);
            SoftmaxCrossEntropy.Gradient<TV, Chosen>(team, d, target, normalizer, default, rows, 0f, d);
        }, 1e-6);
    }
}

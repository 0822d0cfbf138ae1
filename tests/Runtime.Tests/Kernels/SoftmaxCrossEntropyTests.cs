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
            (team, o) => SoftmaxCrossEntropy.Forward<D3, Chosen>(team, logits, targets, 2, o[0], o[1]),
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
            (team, o) => SoftmaxCrossEntropy.Forward<D5000, Chosen>(team, logits, targets, 1, o[0], o[1]));
    }

    [Fact]
    public void NaN_in_a_row_is_NaN_in_its_loss()
    {
        using KernelTest test = new();
        var logits = test.Source([1f, float.NaN, 2f, 1f, 1f, 1f]);
        var targets = test.Indices([0, 1]);
        test.Check(
            [[double.NaN, Math.Log(3)], [double.NaN, 1 + Math.Log(3)]],
            (team, o) => SoftmaxCrossEntropy.Forward<D3, Chosen>(team, logits, targets, 2, o[0], o[1]));
    }

    [Fact]
    public void Without_any_target_loss_and_gradient_are_zero()
    {
        using KernelTest test = new();
        var logits = test.Source([1f, 2f, 3f]);
        var targets = test.Indices([-100]);
        var normalizers = test.Source([3.4f]);
        test.Check([[0], [3 + Math.Log(1 + Math.Exp(-1) + Math.Exp(-2))]], (team, o) =>
            Assert.True(SoftmaxCrossEntropy.Forward<D3, Chosen>(team, logits, targets, 1, o[0], o[1]) == 0));
        test.Check([0, 0, 0], (team, d) => SoftmaxCrossEntropy.Gradient<D3, Chosen>(team, logits, targets, normalizers, 1, d));
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
            float loss = SoftmaxCrossEntropy.Forward<TV, Chosen>(team, x, target, rows, o[0], o[1]);
            Assert.True(Math.Abs(loss - mean) < 1e-5 * (1 + mean));
        });

        var normalizer = test.Source(normalizers);
        test.Check(gradient, (team, d) => SoftmaxCrossEntropy.Gradient<TV, Chosen>(team, x, target, normalizer, rows, d), 1e-6);
        float[] source = Array.ConvertAll(xs, value => (float)value);
        test.Check(gradient, (team, d) =>
        {
            source.CopyTo(d.Span);
            SoftmaxCrossEntropy.Gradient<TV, Chosen>(team, d, target, normalizer, rows, d);
        }, 1e-6);
    }
}

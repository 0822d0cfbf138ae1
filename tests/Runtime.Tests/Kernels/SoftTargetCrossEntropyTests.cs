using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class SoftTargetCrossEntropyTests
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

    /// <summary>The numbers are PyTorch's: F.cross_entropy(x, p) in float64.</summary>
    [Fact]
    public void Loss_and_gradient_are_PyTorchs()
    {
        using KernelTest test = new();
        var x = test.Source([0.5f, -1.25f, 2, 1.5f, 0.25f, -0.75f, -2, 0.125f, 1, 3, -0.5f, 0]);
        var targets = test.Source([0.2f, 0.3f, 0.5f, 1, 0, 0, 0.25f, 0.5f, 0.25f, 0.1f, 0.6f, 0.3f]);
        InstructionSets.ForEach(() =>
        {
            using GuardedBuffer<float> losses = new(4), normalizers = new(4), sums = new(4), gradient = new(12);
            using Transformer.Compiled.Threading.ComputeTeam team = new(1);
            float loss = SoftTargetCrossEntropy.Forward<D3, Chosen>(team, x, targets, 4, losses, normalizers, sums);
            Assert.Equal(1.6214303759531337, loss, 1e-6);
            SoftTargetCrossEntropy.Gradient<D3, Chosen>(team, x, targets, normalizers, sums, 4, gradient);
            double[] expected =
            [
                -0.005794954473, -0.06731831492, 0.07311326939, -0.07038991471, 0.051459151, 0.01893076371, -0.05401346618, -0.05394312227, 0.1079565884,
                0.2064848141, -0.1430097643, -0.06347504974,
            ];
            KernelTest.AssertNear(expected, gradient.ToArray(), 1e-6);
        });
    }

    [Fact]
    public void Masked_logits_without_target_count_for_nothing()
    {
        using KernelTest test = new();
        var logits = test.Source([1f, float.NegativeInfinity, 2f]);
        var targets = test.Source([1f, 0f, 0f]);
        double logNormalizer = 1 + Math.Log(1 + Math.E);
        test.Check(
            [[logNormalizer - 1], [logNormalizer], [1]],
            (team, o) => SoftTargetCrossEntropy.Forward<D3, Chosen>(team, logits, targets, 1, o[0], o[1], o[2]));
        var normalizers = test.Source([logNormalizer]);
        var sums = test.Source([1f]);
        double second = Math.E / (1 + Math.E);
        test.Check([-second, 0, second], (team, d) => SoftTargetCrossEntropy.Gradient<D3, Chosen>(team, logits, targets, normalizers, sums, 1, d));
    }

    [Fact]
    public void Without_any_target_loss_and_gradient_are_zero()
    {
        using KernelTest test = new();
        var logits = test.Source([1f, 1f, float.NaN]);
        var targets = test.Source([1f, float.NaN, 0f]);
        test.Check([[0], [double.NaN], [double.NaN]], (team, o) =>
            Assert.True(SoftTargetCrossEntropy.Forward<D3, Chosen>(team, logits, targets, 1, o[0], o[1], o[2]) == 0));
        var statistics = test.Source([float.NaN]);
        test.Check([0, 0, 0], (team, d) => SoftTargetCrossEntropy.Gradient<D3, Chosen>(team, logits, targets, statistics, statistics, 1, d));
    }

    private static void Check<TV>(int rows)
        where TV : struct, IDimension
    {
        int v = TV.Value;
        using KernelTest test = new();
        var x = test.Source(rows * v, out double[] xs, scale: 4);
        test.Source(rows * v, out double[] draws);
        double[] ts = Array.ConvertAll(draws, draw => Math.Abs(draw) / v);
        for (int row = 2; row < rows; row += 5) ts[(row * v) + (v / 2)] = double.NaN;
        var t = test.Source(ts);
        ts = Array.ConvertAll(ts, value => (double)(float)value);

        double[] losses = new double[rows], normalizers = new double[rows], sums = new double[rows], gradient = new double[rows * v];
        for (int row = 0; row < rows; row++)
        {
            double[] logits = xs[(row * v)..((row + 1) * v)], targets = ts[(row * v)..((row + 1) * v)];
            normalizers[row] = Math.Log(logits.Sum(Math.Exp));
            sums[row] = targets.Sum();
            if (double.IsNaN(sums[row])) continue;
            losses[row] = Enumerable.Range(0, v).Sum(c => targets[c] * (normalizers[row] - logits[c]));
            for (int c = 0; c < v; c++) gradient[(row * v) + c] = (sums[row] * Math.Exp(logits[c] - normalizers[row])) - targets[c];
        }

        int counted = sums.Count(sum => !double.IsNaN(sum));
        gradient = Array.ConvertAll(gradient, value => value / counted);
        double mean = losses.Sum() / counted;
        test.Check([losses, normalizers, sums], (team, o) =>
        {
            float loss = SoftTargetCrossEntropy.Forward<TV, Chosen>(team, x, t, rows, o[0], o[1], o[2]);
            Assert.True(Math.Abs(loss - mean) < 1e-5 * (1 + mean));
        });

        var normalizer = test.Source(normalizers);
        var sum = test.Source(sums);
        test.Check(gradient, (team, d) => SoftTargetCrossEntropy.Gradient<TV, Chosen>(team, x, t, normalizer, sum, rows, d), 1e-6);
        float[] source = Array.ConvertAll(xs, value => (float)value);
        test.Check(gradient, (team, d) =>
        {
            source.CopyTo(d.Span);
            SoftTargetCrossEntropy.Gradient<TV, Chosen>(team, d, t, normalizer, sum, rows, d);
        }, 1e-6);
    }
}

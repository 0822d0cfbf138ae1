using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>Binary cross-entropy and mean squared error.</summary>
public sealed class ElementLossTests
{
    private static readonly double[] s_x = [0.5, -1.25, 2, 1.5, 0.25, -0.75, -2, 0.125, 1, 3, -0.5, 0];
    private static readonly double[] s_targets = [1, 0, 0.25, 0, 1, 1, 0.5, 0, 0, 1, 1, 0];

    private delegate float Forward(ComputeTeam team, Pointer<float> x, Pointer<float> targets, int rows, Pointer<float> losses, Pointer<float> counts);

    private delegate void Backward(ComputeTeam team, Pointer<float> x, Pointer<float> targets, Pointer<float> counts, int rows, Pointer<float> dx);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(33)]
    public void Losses_and_gradients_agree_with_the_reference(int rows)
    {
        Check<D1>(rows);
        Check<D7>(rows);
        Check<D17>(rows);
        Check<D131>(rows);
        if (rows == 4) Check<D5000>(rows);
    }

    /// <summary>The numbers are PyTorch's: F.binary_cross_entropy_with_logits(x, t) in float64.</summary>
    [Fact]
    public void Binary_cross_entropy_is_PyTorchs() => CheckPyTorchs(
        BinaryCrossEntropy.Forward<D3, Chosen>, BinaryCrossEntropy.Gradient<D3, Chosen>, 0.8900631692280921,
        [
            -0.0314617224, 0.0185583449, 0.05256642316, 0.06813120635, -0.03648529159, -0.05659822493, -0.03173308983, 0.04426744778, 0.06092154822,
            -0.003952156098, -0.05187161093, 0.04166666667,
        ]);

    /// <summary>The numbers are PyTorch's: F.mse_loss(x, t) in float64.</summary>
    [Fact]
    public void Mean_squared_error_is_PyTorchs() => CheckPyTorchs(
        MeanSquaredError.Forward<D3, Chosen>, MeanSquaredError.Gradient<D3, Chosen>, 2.0221354166666665,
        [
            -0.08333333333, -0.2083333333, 0.2916666667, 0.25, -0.125, -0.2916666667, -0.4166666667, 0.02083333333, 0.1666666667, 0.3333333333, -0.25, 0,
        ]);

    [Fact]
    public void Large_logits_neither_overflow_nor_lose_small_losses()
    {
        using KernelTest test = new();
        var logits = test.Source([1e30f, -1e30f, 1e30f, -15f, 15f, 100f]);
        var targets = test.Source([1f, 0f, 0f, 0f, 1f, 1f]);
        double tail = Math.Log(1 + Math.Exp(-15));
        test.Check(
            [[1e30f, 2 * tail], [3, 3]],
            (team, o) => BinaryCrossEntropy.Forward<D3, Chosen>(team, logits, targets, 2, o[0], o[1]), tolerance: 1e-12);
    }

    [Fact]
    public void Without_any_target_losses_and_gradients_are_zero()
    {
        using KernelTest test = new();
        var x = test.Source([1f, float.NaN, float.PositiveInfinity]);
        var targets = test.Source([float.NaN, float.NaN, float.NaN]);
        var counts = test.Source([0f]);
        test.Check([[0], [0]], (team, o) => Assert.True(BinaryCrossEntropy.Forward<D3, Chosen>(team, x, targets, 1, o[0], o[1]) == 0));
        test.Check([[0], [0]], (team, o) => Assert.True(MeanSquaredError.Forward<D3, Chosen>(team, x, targets, 1, o[0], o[1]) == 0));
        test.Check([0, 0, 0], (team, d) => BinaryCrossEntropy.Gradient<D3, Chosen>(team, x, targets, counts, 1, d));
        test.Check([0, 0, 0], (team, d) => MeanSquaredError.Gradient<D3, Chosen>(team, x, targets, counts, 1, d));
    }

    [Fact]
    public void NaN_among_the_predictions_is_NaN_in_the_loss()
    {
        using KernelTest test = new();
        var x = test.Source([1f, float.NaN, 2f]);
        var targets = test.Source([1f, 1f, 1f]);
        test.Check([[double.NaN], [3]], (team, o) => BinaryCrossEntropy.Forward<D3, Chosen>(team, x, targets, 1, o[0], o[1]));
        test.Check([[double.NaN], [3]], (team, o) => MeanSquaredError.Forward<D3, Chosen>(team, x, targets, 1, o[0], o[1]));
    }

    private static void Check<TN>(int rows)
        where TN : struct, IDimension
    {
        using KernelTest test = new();
        var x = test.Source(rows * TN.Value, out double[] xs, scale: 3);
        test.Source(rows * TN.Value, out double[] ts);
        for (int i = 1; i < ts.Length; i++) ts[i] = i % 7 == 3 ? double.NaN : (float)Reference.Sigmoid(ts[i]);
        var targets = test.Source(ts);
        Check(test, BinaryCrossEntropy.Forward<TN, Chosen>, BinaryCrossEntropy.Gradient<TN, Chosen>, (x, xs), (targets, ts), rows,
            (value, t) => (-t * Math.Log(Reference.Sigmoid(value))) - ((1 - t) * Math.Log(Reference.Sigmoid(-value))), (value, t) => Reference.Sigmoid(value) - t);
        Check(test, MeanSquaredError.Forward<TN, Chosen>, MeanSquaredError.Gradient<TN, Chosen>, (x, xs), (targets, ts), rows,
            (value, t) => (value - t) * (value - t), (value, t) => 2 * (value - t));
    }

    private static void Check(
        KernelTest test, Forward forward, Backward backward, (Pointer<float> Source, double[] Values) x, (Pointer<float> Source, double[] Values) targets, int rows,
        Func<double, double, double> loss, Func<double, double, double> derivative)
    {
        int columns = x.Values.Length / rows;
        double[] losses = new double[rows], counts = new double[rows], gradient = new double[x.Values.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            if (double.IsNaN(targets.Values[i])) continue;
            losses[i / columns] += loss(x.Values[i], targets.Values[i]);
            counts[i / columns]++;
            gradient[i] = derivative(x.Values[i], targets.Values[i]);
        }

        double mean = losses.Sum() / counts.Sum();
        gradient = Array.ConvertAll(gradient, value => value / counts.Sum());
        test.Check([losses, counts], (team, o) =>
        {
            float result = forward(team, x.Source, targets.Source, rows, o[0], o[1]);
            Assert.True(Math.Abs(result - mean) < 1e-5 * (1 + mean));
        });
        var count = test.Source(counts);
        test.Check(gradient, (team, d) => backward(team, x.Source, targets.Source, count, rows, d), 1e-6);
        float[] source = Array.ConvertAll(x.Values, value => (float)value);
        test.Check(gradient, (team, d) =>
        {
            source.CopyTo(d.Span);
            backward(team, d, targets.Source, count, rows, d);
        }, 1e-6);
    }

    private static void CheckPyTorchs(Forward forward, Backward backward, double loss, double[] gradient)
    {
        using KernelTest test = new();
        var x = test.Source(s_x);
        var targets = test.Source(s_targets);
        var counts = test.Source([3f, 3f, 3f, 3f]);
        InstructionSets.ForEach(() =>
        {
            using GuardedBuffer<float> losses = new(4), rowCounts = new(4);
            using ComputeTeam team = new(1);
            Assert.Equal(loss, forward(team, x, targets, 4, losses, rowCounts), 1e-6);
        });
        test.Check(gradient, (team, d) => backward(team, x, targets, counts, 4, d), 1e-7);
    }
}

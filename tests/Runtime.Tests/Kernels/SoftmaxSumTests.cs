using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Kernels;

public sealed class SoftmaxSumTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 47)]
    [InlineData(3, 1000)]
    [InlineData(13, 40_003)]
    public void Sums_and_gradients_agree_with_the_reference(int count, int elements)
    {
        using KernelTest test = new();
        double[][] xs = new double[count][];
        Pointer<float>[] layers = new Pointer<float>[count];
        for (int layer = 0; layer < count; layer++) layers[layer] = test.Source(elements, out xs[layer]);
        var weights = test.Source(count, out double[] ws);
        var gamma = test.Source([1.75f]);
        var dy = test.Source(elements, out double[] dys);
        var addend = test.Source(elements, out double[] addends);
        double[] shares = Softmax(ws);

        double[] ys = new double[elements];
        for (int layer = 0; layer < count; layer++) ys = Reference.Add(ys, Array.ConvertAll(xs[layer], x => 1.75 * shares[layer] * x));
        test.Check(ys, (team, y) => SoftmaxSum.Forward<Chosen>(team, layers, weights, gamma, elements, y));
        test.Check(ys, (team, y) => SoftmaxSum.Forward(team, layers, weights, gamma, elements, y));

        int last = count - 1;
        double[] dxs = Array.ConvertAll(dys, d => 1.75 * shares[last] * d);
        float[] incoming = Array.ConvertAll(dys, d => (float)d), before = Array.ConvertAll(addends, a => (float)a);
        test.Check(Reference.Add(dxs, addends), (team, dx) => SoftmaxSum.InputGradient<Chosen>(team, dy, weights, gamma, addend, count, last, elements, dx));
        test.Check(dxs, (team, dx) =>
        {
            incoming.CopyTo(dx.Span);
            SoftmaxSum.InputGradient<Chosen>(team, dx, weights, gamma, default, count, last, elements, dx);
        });
        test.Check(Reference.Add(dxs, addends), (team, dx) =>
        {
            before.CopyTo(dx.Span);
            SoftmaxSum.InputGradient(team, dy, weights, gamma, dx, count, last, elements, dx);
        });

        double[] products = Array.ConvertAll(xs, x => Reference.Dot(x, dys));
        double mean = Reference.Dot(products, shares);
        double[] dWeights = [.. products.Select((product, layer) => 1.75 * shares[layer] * (product - mean))];
        test.Check([dWeights, [mean]], (team, d) => SoftmaxSum.ParameterGradient<Chosen>(team, dy, layers, weights, gamma, default, default, elements, d[0], d[1]), 1e-4);
        test.Check(
            [Reference.Add(dWeights, ws), [mean + 1.75]],
            (team, d) => SoftmaxSum.ParameterGradient(team, dy, layers, weights, gamma, weights, gamma, elements, d[0], d[1]), 1e-4);
    }

    [Fact]
    public void Extreme_weights_neither_overflow_nor_vanish()
    {
        using KernelTest test = new();
        Pointer<float> a = test.Source([1f, 2]), b = test.Source([3f, 5]), c = test.Source([7f, 11]);
        var weights = test.Source([-1e30f, 1e30f, 1e30f]);
        var gamma = test.Source([2f]);
        test.Check([10, 16], (team, y) => SoftmaxSum.Forward<Chosen>(team, [a, b, c], weights, gamma, 2, y));
    }

    private static double[] Softmax(double[] weights)
    {
        double sum = weights.Sum(Math.Exp);
        return Array.ConvertAll(weights, w => Math.Exp(w) / sum);
    }
}

using Transformer.Compiled.Kernels;

namespace Runtime.Tests.Kernels;

public sealed class SpanLogitsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 47)]
    [InlineData(3, 5)]
    public void Starts_and_ends_go_apart_and_back(int sequences, int length)
    {
        using KernelTest test = new();
        int rows = sequences * length;
        var x = test.Source(rows * 2, out double[] xs);
        double[] ys = new double[rows * 2];
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            for (int i = 0; i < length; i++)
            {
                ys[(sequence * length) + i] = xs[((sequence * length) + i) * 2];
                ys[((sequences + sequence) * length) + i] = xs[(((sequence * length) + i) * 2) + 1];
            }
        }

        var y = test.Source(ys);
        test.Check(ys, (_, result) => SpanLogits.Forward(x, sequences, rows, result));
        test.Check(xs, (_, dx) => SpanLogits.Gradient(y, sequences, rows, dx));
    }
}

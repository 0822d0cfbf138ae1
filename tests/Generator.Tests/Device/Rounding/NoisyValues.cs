using Generator.Tests.Graphs.Interpreter;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Device.Rounding;

/// <summary>
/// Values of the reference interpreter, each result off by four times what single precision makes of it: by a random share of 2^-20 times the root mean square of its row, or times
/// itself where that is more. Errors of sums follow their terms, not what is left of them. Zeros stay zero, and what is only moved stays as it is.
/// </summary>
internal sealed class NoisyValues(IValues inner, Random random) : IValues
{
    /// <summary>
    /// A sum of K terms alike in size, each addition rounded by up to 2^-24 of what there is, is off by about 2^-24 · √(K / 6) of the sum's size: each error has a deviation of 1 / √3 of that,
    /// and partial sums have grown to √(k / K) at the k-th. Those of the reference models have 5 to 96 terms, which makes 1 to 4 times 2^-24, and even shares of 2^-22 have a deviation of
    /// 2.3 · 2^-24. This is four times as much.
    /// </summary>
    private static readonly double s_unit = Math.ScaleB(1, -20);

    public void Begin(RunState run) => inner.Begin(run);

    public double[] Read(Tensor tensor) => inner.Read(tensor);

    public void Write(Tensor tensor, double[] value) => inner.Write(tensor, tensor.Producer is { FloatingPointOperations: 0 } ? value : Disturbed(tensor, value));

    public void Finish(Operation operation) => inner.Finish(operation);

    private double[] Disturbed(Tensor tensor, double[] value)
    {
        var disturbed = new double[value.Length];
        int width = tensor.Shape.Rank == 1 ? value.Length : tensor.Shape.Columns;
        for (int row = 0; row < value.Length; row += width)
        {
            double size = Math.Sqrt(value.AsSpan(row, width).ToArray().Average(element => element * element));
            for (int i = row; i < row + width; i++)
                disturbed[i] = value[i] == 0 ? 0 : value[i] + (s_unit * ((2 * random.NextDouble()) - 1) * Math.Max(Math.Abs(value[i]), size));
        }

        return disturbed;
    }
}

using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Kernels;

public sealed class RotaryTests
{
    private const int Context = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(90)]
    public void Turns_agree_with_the_reference(int rows)
    {
        Check<D1, D2, D2, Halves>(rows);
        Check<D3, D6, D6, Halves>(rows);
        Check<D5, D16, D16, Halves>(rows);
        Check<D2, D64, D64, Halves>(rows);
        Check<D3, D48, D16, Halves>(rows);
        Check<D3, D7, D4, Halves>(rows);
        Check<D1, D2, D2, Interleaved>(rows);
        Check<D3, D6, D6, Interleaved>(rows);
        Check<D2, D64, D32, Interleaved>(rows);
        Check<D3, D7, D4, Interleaved>(rows);
    }

    private static void Check<THeads, THeadDim, TRotaryDim, TPairs>(int rows)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TRotaryDim : struct, IDimension
        where TPairs : struct, IPairLayout
    {
        using KernelTest test = new();
        int width = THeads.Value * THeadDim.Value;
        int pairs = TRotaryDim.Value / 2;
        using GuardedBuffer<float> cosines = new(Context * pairs);
        using GuardedBuffer<float> sines = new(Context * pairs);
        PositionTables.Rotary(10000, TRotaryDim.Value, Context, RotaryScaling.None, cosines, sines);
        cosines.Verify();
        sines.Verify();

        var x = test.Source(rows * width, out double[] xs);
        int[] positions = test.RandomIndices(rows, Context);
        var position = test.Indices(positions);
        double[] forward = Turn<THeads, THeadDim, TRotaryDim, TPairs>(xs, positions, 1);
        double[] back = Turn<THeads, THeadDim, TRotaryDim, TPairs>(xs, positions, -1);
        test.Check(forward, (team, y) => Rotary.Turn<THeads, THeadDim, TRotaryDim, TPairs, Chosen>(team, x, cosines, sines, position, 1, rows, y));
        test.Check(back, (team, y) => Rotary.Turn<THeads, THeadDim, TRotaryDim, TPairs, Chosen>(team, x, cosines, sines, position, -1, rows, y));
        float[] source = Array.ConvertAll(xs, v => (float)v);
        test.Check(forward, (team, y) =>
        {
            source.CopyTo(y.Span);
            Rotary.Turn<THeads, THeadDim, TRotaryDim, TPairs, Chosen>(team, y, cosines, sines, position, 1, rows, y);
        });
    }

    private static double[] Turn<THeads, THeadDim, TRotaryDim, TPairs>(double[] x, int[] positions, double direction)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TRotaryDim : struct, IDimension
        where TPairs : struct, IPairLayout
    {
        double[] y = [.. x];
        int pairs = TRotaryDim.Value / 2;
        for (int row = 0; row < positions.Length; row++)
        {
            for (int head = 0; head < THeads.Value; head++)
            {
                int offset = ((row * THeads.Value) + head) * THeadDim.Value;
                for (int pair = 0; pair < pairs; pair++)
                {
                    double angle = direction * positions[row] * Math.Pow(10000, -2.0 * pair / TRotaryDim.Value);
                    bool halves = typeof(TPairs) == typeof(Halves);
                    int first = offset + (halves ? pair : 2 * pair);
                    int second = offset + (halves ? pairs + pair : (2 * pair) + 1);
                    y[first] = (x[first] * Math.Cos(angle)) - (x[second] * Math.Sin(angle));
                    y[second] = (x[second] * Math.Cos(angle)) + (x[first] * Math.Sin(angle));
                }
            }
        }

        return y;
    }
}

using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>
/// A test of one kernel: its operands, and the check that on every instruction set its results agree with a reference, are
/// bitwise equal for one, two and three threads, stay within their buffers and allocate nothing. Sources end at a page that
/// may not be touched, so a read too far ends the process.
/// </summary>
internal sealed class KernelTest : IDisposable
{
    private static readonly ComputeTeam[] Teams = [new(1), new(2), new(3)];

    private readonly Random _random = new(20240229);
    private readonly List<IDisposable> _operands = [];

    /// <summary>A source with draws from N(0, scale²), and its values in double for the reference.</summary>
    public Pointer<float> Source(int length, out double[] values, double scale = 1)
    {
        float[] draws = new float[length];
        for (int i = 0; i < length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
            draws[i] = (float)(scale * radius * Math.Cos(2 * Math.PI * _random.NextDouble()));
        }

        values = Array.ConvertAll(draws, x => (double)x);
        return Source(draws);
    }

    public Pointer<float> Source(ReadOnlySpan<float> values)
    {
        PageEndBuffer buffer = new(values);
        _operands.Add(buffer);
        return buffer.Pointer;
    }

    public Pointer<float> Source(double[] values) => Source(Array.ConvertAll(values, x => (float)x));

    public Pointer<int> Indices(ReadOnlySpan<int> values)
    {
        GuardedBuffer<int> buffer = new(values);
        _operands.Add(buffer);
        return buffer.Pointer;
    }

    public int[] RandomIndices(int length, int bound)
    {
        int[] indices = new int[length];
        for (int i = 0; i < length; i++) indices[i] = _random.Next(bound);
        return indices;
    }

    /// <summary>Checks a kernel with one destination; the action writes all of it, each time it is called.</summary>
    public void Check(double[] expected, Action<ComputeTeam, GuardedBuffer<float>> run, double tolerance = 1e-5) =>
        Check([expected], (team, destinations) => run(team, destinations[0]), tolerance);

    /// <summary>Checks a kernel with several destinations.</summary>
    public void Check(double[][] expected, Action<ComputeTeam, GuardedBuffer<float>[]> run, double tolerance = 1e-5) => InstructionSets.ForEach(() =>
    {
        float[][] first = Run(Teams[0], expected, run);
        for (int i = 0; i < expected.Length; i++) AssertNear(expected[i], first[i], tolerance);
        foreach (ComputeTeam team in Teams.AsSpan(1))
        {
            float[][] other = Run(team, expected, run);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(Bits(first[i]), Bits(other[i]));
        }
    });

    public void Dispose()
    {
        foreach (IDisposable operand in _operands) operand.Dispose();
    }

    /// <summary>|actual − expected| ≤ tolerance · (1 + |expected|), and NaN or infinite where expected.</summary>
    public static void AssertNear(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool near = double.IsFinite(expected[i])
                ? Math.Abs(actual[i] - expected[i]) <= tolerance * (1 + Math.Abs(expected[i]))
                : ((double)actual[i]).Equals(expected[i]);
            Assert.True(near, $"Element {i} is {actual[i]:R}, not {expected[i]:R}.");
        }
    }

    private static float[][] Run(ComputeTeam team, double[][] expected, Action<ComputeTeam, GuardedBuffer<float>[]> run)
    {
        GuardedBuffer<float>[] destinations = Array.ConvertAll(expected, values => new GuardedBuffer<float>(values.Length));
        run(team, destinations);
        AssertAllocatesNothing(() => run(team, destinations));

        float[][] results = Array.ConvertAll(destinations, destination => destination.ToArray());
        foreach (GuardedBuffer<float> destination in destinations)
        {
            destination.Verify();
            destination.Dispose();
        }

        return results;
    }

    /// <summary>
    /// Some call allocates nothing. A collection that another test causes meanwhile counts the rest of this thread's allocation
    /// window as allocated, so one call that does not is enough and one that does is not.
    /// </summary>
    private static void AssertAllocatesNothing(Action action)
    {
        long allocated = long.MaxValue;
        for (int attempt = 0; attempt < 10 && allocated != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static uint[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToUInt32Bits);
}

using Transformer.Compiled.Kernels;
using Transformer.Compiled.Kernels.Simd;

namespace Runtime.Tests.Kernels;

public sealed unsafe class DropoutTests
{
    private const uint Site = 0xC0FFEE;
    private static readonly RandomStream Stream = new(1234567890123, 17, 2, 1, true);

    [Theory]
    [InlineData(1, 0.1f)]
    [InlineData(31, 0.5f)]
    [InlineData(1000, 0.9f)]
    [InlineData(20_011, 0.1f)]
    [InlineData(100, 1f)]
    public void Elements_are_dropped_by_their_own_draws(int count, float rate)
    {
        using KernelTest test = new();
        var x = test.Source(count, out double[] xs);
        var addend = test.Source(count, out double[] addends);
        double[] dropped = Reference.Multiply(xs, Factors(Stream, Site, rate, 0, count));
        test.Check(dropped, (team, y) => Dropout.Apply<Chosen>(team, x, default, rate, Stream, Site, count, y));
        test.Check(Reference.Add(dropped, addends), (team, y) => Dropout.Apply<Chosen>(team, x, addend, rate, Stream, Site, count, y));
        float[] source = Array.ConvertAll(xs, v => (float)v);
        test.Check(dropped, (team, y) =>
        {
            source.CopyTo(y.Span);
            Dropout.Apply<Chosen>(team, y, default, rate, Stream, Site, count, y);
        });
    }

    [Fact]
    public void A_stream_that_is_off_drops_nothing()
    {
        using KernelTest test = new();
        var x = test.Source(99, out double[] xs);
        var addend = test.Source(99, out double[] addends);
        test.Check(xs, (team, y) => Dropout.Apply<Chosen>(team, x, default, 0.5f, default, Site, 99, y));
        test.Check(xs, (team, y) => Dropout.Apply<Chosen>(team, x, default, 0f, Stream, Site, 99, y));
        test.Check(Reference.Add(xs, addends), (team, y) => Dropout.Apply<Chosen>(team, x, addend, 0.5f, default, Site, 99, y));
    }

    [Fact]
    public void Any_run_of_elements_has_the_same_factors() => InstructionSets.ForEach(new Runs());

    [Fact]
    public void The_rate_is_kept_and_every_coordinate_changes_the_mask()
    {
        double[] mask = Factors(Stream, Site, 0.3f, 0, 100_000);
        Assert.InRange(mask.Count(factor => factor == 0) / 100_000.0, 0.295, 0.305);
        RandomStream[] others =
        [
            Stream with { Seed = Stream.Seed + 1 }, Stream with { Seed = Stream.Seed ^ (1ul << 40) }, Stream with { Step = 18 },
            Stream with { MicroBatch = 3 }, Stream with { Rank = 0 },
        ];
        foreach (RandomStream other in others) AssertUnrelated(mask, Factors(other, Site, 0.3f, 0, 100_000));
        AssertUnrelated(mask, Factors(Stream, Site + 1, 0.3f, 0, 100_000));
        AssertUnrelated(mask, Factors(Stream, Site, 0.3f, 1ul << 34, 100_000));
    }

    /// <summary>Both drop an element in 9 of 100 cases.</summary>
    private static void AssertUnrelated(double[] a, double[] b) =>
        Assert.InRange(a.Zip(b).Count(pair => pair is { First: 0, Second: 0 }) / (double)a.Length, 0.086, 0.094);

    private static double[] Factors(RandomStream stream, uint site, float rate, ulong first, int count)
    {
        double[] factors = new double[count];
        for (int i = 0; i < count; i++)
        {
            ulong element = first + (ulong)i;
            uint word = Philox.Block(stream.Seed, Philox.Counter(stream, site, element / 4))[(int)(element % 4)];
            factors[i] = (word >> 8) * Philox.UniformUnit < rate ? 0 : 1f / (1f - rate);
        }

        return factors;
    }

    private readonly struct Runs : IInstructionSetVisitor
    {
        public void Visit<TSimd, V>()
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            foreach (ulong first in new ulong[] { 0, 1, 31, 1000, (1ul << 34) - 5 })
            {
                foreach (int count in new[] { 1, 3, 32, 45, 200 })
                {
                    using GuardedBuffer<float> factors = new(count);
                    Dropout.WriteFactors<TSimd, V>(Stream, Site, 0.4f, first, count, factors.Pointer.Value);
                    factors.Verify();
                    KernelTest.AssertNear(Factors(Stream, Site, 0.4f, first, count), factors.ToArray(), 1e-6);
                }
            }
        }
    }
}

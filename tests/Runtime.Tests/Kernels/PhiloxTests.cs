using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Kernels.Simd;

namespace Runtime.Tests.Kernels;

public sealed unsafe class PhiloxTests
{
    /// <summary>The known answers for philox4x32-10 of the Random123 library (kat_vectors).</summary>
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x0000000000000000ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xfffffffffffffffful, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0x299f31d0a4093822ul, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Agrees_with_the_known_answers(
        uint counter0, uint counter1, uint counter2, uint counter3, ulong key, uint word0, uint word1, uint word2, uint word3) =>
        Assert.Equal(Vector128.Create(word0, word1, word2, word3), Philox.Block(key, Vector128.Create(counter0, counter1, counter2, counter3)));

    [Theory]
    [InlineData(0ul)]
    [InlineData(7 * 32ul)]
    [InlineData((1ul << 34) - 32)]
    [InlineData(5ul << 40)]
    public void Vectors_draw_what_single_blocks_draw(ulong element) =>
        InstructionSets.ForEach(new VectorDraw(new RandomStream(0x0123456789ABCDEF, 77, 3, 2, true), 0xDEADBEEF, element));

    [Fact]
    public void Normal_draws_invert_the_distribution_function()
    {
        for (ulong word = 0; word <= uint.MaxValue; word += 1_000_003)
        {
            double expected = (word + 0.5) / 4294967296.0;
            double tail = Math.Min(expected, 1 - expected);
            double x = Philox.NormalQuantile((uint)word);
            double actualTail = Reference.NormalDistribution(-Math.Abs(x));
            Assert.Equal(expected > 0.5, x > 0);
            Assert.True(Math.Abs(actualTail - tail) <= 5e-6 * tail, $"Word {word}: {x:R} has the tail {actualTail:R}, not {tail:R}.");
        }
    }

    [Fact]
    public void Normal_draws_have_the_moments_of_the_normal_distribution()
    {
        float[] draws = new float[400_000];
        Philox.Normal(42, 0x811C9DC5, 0, draws);
        double mean = draws.Average(x => (double)x);
        double variance = draws.Average(x => (double)x * x);
        double fourth = draws.Average(x => (double)x * x * x * x);
        Assert.InRange(mean, -0.006, 0.006);
        Assert.InRange(variance, 0.99, 1.01);
        Assert.InRange(fourth, 2.9, 3.1);
    }

    [Fact]
    public void Runs_of_normal_draws_are_the_single_draws()
    {
        float[] run = new float[37];
        Philox.Normal(9, 5, (1ul << 33) - 6, run);
        for (int i = 0; i < run.Length; i++) Assert.Equal(Philox.Normal(9, 5, (1ul << 33) - 6 + (ulong)i), run[i]);
    }

    [Fact]
    public void Uniform_draws_fill_the_interval()
    {
        double sum = 0;
        for (ulong element = 0; element < 100_000; element++)
        {
            float draw = Philox.Uniform(1, 2, element);
            Assert.InRange(draw, 0f, 1f - Philox.UniformUnit);
            sum += draw;
        }

        Assert.InRange(sum / 100_000, 0.497, 0.503);
    }

    private readonly struct VectorDraw(RandomStream stream, uint site, ulong element) : IInstructionSetVisitor
    {
        public void Visit<TSimd, V>()
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            float* draws = stackalloc float[2 * TSimd.Width];
            Philox.Uniform<TSimd, V>(stream, site, element, out V first, out V second);
            TSimd.Store(draws, first);
            TSimd.Store(draws + TSimd.Width, second);
            for (int i = 0; i < 2 * TSimd.Width; i++)
            {
                ulong index = element + (ulong)i;
                uint word = Philox.Block(stream.Seed, Philox.Counter(stream, site, index / 4))[(int)(index % 4)];
                Assert.Equal((word >> 8) * Philox.UniformUnit, draws[i]);
            }
        }
    }
}

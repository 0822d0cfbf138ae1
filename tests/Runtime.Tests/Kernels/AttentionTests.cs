using Transformer.Compiled.Kernels;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>
/// Attention and its gradient against their definition in double, on every instruction set. Operands end at untouchable
/// pages, results lie between guards; teams of one, two and three threads must agree to the bit.
/// </summary>
public sealed class AttentionTests : IDisposable
{
    private const uint Site = 77;
    private static readonly RandomStream Off = default;
    private static readonly RandomStream On = new(0x1234_5678_9ABC_DEF0, 5, 1, 2, true);
    private static readonly AttentionMask Causal = new(true, 0);

    private readonly ComputeTeam[] _teams = [new(1), new(2), new(3)];

    public void Dispose()
    {
        foreach (ComputeTeam team in _teams) team.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(130)]
    public void Every_head_dimension_and_grouping_is_right(int sequence)
    {
        foreach (AttentionMask mask in new[] { Causal, new AttentionMask(false, 0), new AttentionMask(true, 7), new AttentionMask(false, 40) })
        {
            Check<D1, D1, D1>(2, sequence, mask, 0f, Off);
            Check<D4, D1, D7>(1, sequence, mask, 0f, Off);
            Check<D9, D3, D16>(1, sequence, mask, 0f, Off);
            Check<D1, D1, D64>(3, sequence, mask, 0f, Off);
            Check<D4, D1, D80>(1, sequence, mask, 0f, Off);
        }
    }

    [Fact]
    public void Enough_heads_are_a_task_each()
    {
        Check<D9, D9, D17>(1, 70, Causal, 0f, Off);
        Check<D9, D3, D7>(3, 131, new AttentionMask(true, 20), 0.3f, On);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(131)]
    public void Dropout_is_drawn_by_logical_element(int sequence)
    {
        Check<D4, D1, D7>(2, sequence, Causal, 0.25f, On);
        Check<D3, D3, D16>(1, sequence, new AttentionMask(false, 0), 0.5f, On);
        Check<D1, D1, D1>(1, sequence, new AttentionMask(true, 9), 0.1f, On);
    }

    [Fact]
    public void Long_sequences_and_large_heads_are_cut_into_blocks()
    {
        Check<D2, D1, D8>(1, 600, Causal, 0f, Off);
        Check<D2, D2, D8>(1, 600, new AttentionMask(true, 150), 0f, Off);
        Check<D1, D1, D256>(1, 150, Causal, 0f, Off);
        Check<D1, D1, D384>(1, 70, new AttentionMask(false, 0), 0f, Off);
    }

    [Fact]
    public void The_reference_gradient_is_the_slope_of_the_reference()
    {
        const int Heads = 2, HeadDim = 3, Sequence = 6;
        Random random = new(3);
        double[] q = Doubles(random, Heads * HeadDim * Sequence), k = Doubles(random, HeadDim * Sequence), v = Doubles(random, HeadDim * Sequence);
        double[] outputGradient = Doubles(random, q.Length);
        AttentionReference reference = new(Heads, 1, HeadDim, 1, Sequence, new AttentionMask(true, 4)) { Factor = AttentionReference.Dropout(On, Site, 0.3f) };
        reference.Gradient(outputGradient, q, k, v);
        CheckSlope(q, reference.QueryGradient);
        CheckSlope(k, reference.KeyGradient);
        CheckSlope(v, reference.ValueGradient);

        void CheckSlope(double[] input, double[] gradient)
        {
            const double Step = 1e-5;
            for (int index = 0; index < input.Length; index++)
            {
                double value = input[index];
                input[index] = value + Step;
                double above = Loss();
                input[index] = value - Step;
                double below = Loss();
                input[index] = value;
                Assert.Equal((above - below) / (2 * Step), gradient[index], 1e-8);
            }
        }

        double Loss()
        {
            reference.Forward(q, k, v);
            return reference.Output.Zip(outputGradient, (o, g) => o * g).Sum();
        }
    }

    [Fact]
    public void Large_scores_do_not_overflow() => InstructionSets.ForEach(() =>
    {
        const int Sequence = 40;
        using GuardedBuffer<float> q = new(Sequence * 16), v = new(Sequence * 16), o = new(Sequence * 16), logNormalizers = new(Sequence);
        for (int i = 0; i < q.Length; i++) (q[i], v[i]) = (100f * ((i / 16 % 3) - 1), i % 16);
        Attention.Forward<D1, D1, D16, D16, WithoutTerms, Chosen>(_teams[0], q, q, v, default, 1f, Causal, 0f, Off, Site, 1, Sequence, Sequence, o, logNormalizers);
        for (int i = 0; i < o.Length; i++) Assert.Equal(i % 16, o[i], 1e-4f);
    });

    [Fact]
    public void Not_a_number_reaches_who_sees_it_and_nobody_else() => InstructionSets.ForEach(() =>
    {
        const int Sequence = 70, Poisoned = 40;
        Random random = new(1);
        using GuardedBuffer<float> q = new(Floats(random, Sequence * 8)), k = new(Floats(random, Sequence * 8)), v = new(Floats(random, Sequence * 8));
        using GuardedBuffer<float> o = new(Sequence * 8), logNormalizers = new(Sequence);
        k[Poisoned * 8] = float.NaN;
        Attention.Forward<D1, D1, D8, D8, WithoutTerms, Chosen>(_teams[0], q, k, v, default, 1f, Causal, 0f, Off, Site, 1, Sequence, Sequence, o, logNormalizers);
        for (int i = 0; i < Sequence; i++) Assert.Equal(i >= Poisoned, float.IsNaN(o[i * 8]));
    });

    [Fact]
    public void Nothing_is_allocated()
    {
        const int Sequence = 130;
        using GuardedBuffer<float> x = new(Sequence * 64), y = new(Sequence * 64), dQ = new(Sequence * 64), dK = new(Sequence * 64), dV = new(Sequence * 64), logNormalizers = new(4 * Sequence);
        x.Fill(0.5f);
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++) Step();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Step()
        {
            Attention.Forward<D4, D4, D16, D16>(_teams[1], x, x, x, 0.25f, Causal, 0.1f, On, Site, 1, Sequence, Sequence, y, logNormalizers);
            Attention.Gradient<D4, D4, D16, D16>(_teams[1], x, x, x, x, y, logNormalizers, 0.25f, Causal, 0.1f, On, Site, 1, Sequence, Sequence, dQ, dK, dV);
        }
    }

    private void Check<THeads, TKeyValueHeads, THeadDim>(int batch, int sequence, AttentionMask mask, float rate, RandomStream stream)
        where THeads : struct, IDimension
        where TKeyValueHeads : struct, IDimension
        where THeadDim : struct, IDimension
    {
        int queryFloats = batch * sequence * THeads.Value * THeadDim.Value;
        int keyFloats = batch * sequence * TKeyValueHeads.Value * THeadDim.Value;
        Random random = new(sequence);
        float[] qValues = Floats(random, queryFloats), kValues = Floats(random, keyFloats), vValues = Floats(random, keyFloats), gradient = Floats(random, queryFloats);
        AttentionReference reference = new(THeads.Value, TKeyValueHeads.Value, THeadDim.Value, batch, sequence, mask);
        if (stream.IsEnabled) reference = new(THeads.Value, TKeyValueHeads.Value, THeadDim.Value, batch, sequence, mask) { Factor = AttentionReference.Dropout(stream, Site, rate) };
        reference.Forward(ToDouble(qValues), ToDouble(kValues), ToDouble(vValues));
        reference.Gradient(ToDouble(gradient), ToDouble(qValues), ToDouble(kValues), ToDouble(vValues));

        using PageEndBuffer q = new(qValues), k = new(kValues), v = new(vValues), dO = new(gradient);
        using GuardedBuffer<float> o = new(queryFloats), logNormalizers = new(batch * THeads.Value * sequence), dQ = new(queryFloats), dK = new(keyFloats), dV = new(keyFloats);
        GuardedBuffer<float>[] results = [o, logNormalizers, dQ, dK, dV];
        double[][] expected = [reference.Output, reference.LogNormalizers, reference.QueryGradient, reference.KeyGradient, reference.ValueGradient];
        float scale = (float)reference.Scale;
        InstructionSets.ForEach(() =>
        {
            float[][]? first = null;
            foreach (ComputeTeam team in _teams)
            {
                foreach (GuardedBuffer<float> result in results) result.Fill(float.NaN);
                Attention.Forward<THeads, TKeyValueHeads, THeadDim, THeadDim, WithoutTerms, Chosen>(
                    team, q.Pointer, k.Pointer, v.Pointer, default, scale, mask, rate, stream, Site, batch, sequence, sequence, o, logNormalizers);
                Attention.Gradient<THeads, TKeyValueHeads, THeadDim, THeadDim, WithoutTerms, Chosen>(
                    team, dO.Pointer, q.Pointer, k.Pointer, v.Pointer, o, logNormalizers, default, default,
                    scale, mask, rate, stream, Site, batch, sequence, sequence, dQ, dK, dV, default);
                foreach (GuardedBuffer<float> result in results) result.Verify();
                float[][] values = [.. results.Select(result => result.ToArray())];
                first ??= values;
                for (int i = 0; i < values.Length; i++) Assert.Equal(first[i], values[i]);
            }
            for (int i = 0; i < expected.Length; i++) Tolerance.Check(expected[i], first![i], $"Result {i} of {THeads.Value}/{TKeyValueHeads.Value}x{THeadDim.Value}, T = {sequence}, {mask}");
        });
    }

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];

    private static double[] Doubles(Random random, int count) => ToDouble(Floats(random, count));

    private static double[] ToDouble(float[] values) => Array.ConvertAll(values, value => (double)value);
}

using Transformer.Compiled.Kernels;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>Linear layers side by side against the same layers one after another, which <see cref="LinearTests"/> hold to sums in double: they must agree to the bit.</summary>
public sealed class LinearsTests : IDisposable
{
    private static readonly int[] RowCounts = [1, 2, 3, 8, 9, 70];

    private readonly ComputeTeam[] _teams = [new(1), new(2), new(3)];

    public void Dispose()
    {
        foreach (ComputeTeam team in _teams) team.Dispose();
    }

    [Fact]
    public void Two_layers_are_those_one_after_another()
    {
        foreach (int rows in RowCounts)
        {
            CheckTwo<D1, D1, D1>(rows);
            CheckTwo<D7, D17, D131>(rows);
            CheckTwo<D200, D48, D7>(rows);
            CheckTwo<D80, D200, D200>(rows);
        }
    }

    [Fact]
    public void Three_layers_are_those_one_after_another()
    {
        foreach (int rows in RowCounts)
        {
            CheckThree<D1, D7, D1, D17>(rows);
            CheckThree<D80, D131, D16, D48>(rows);
            CheckThree<D200, D200, D80, D80>(rows);
        }
    }

    [Fact]
    public void Calls_allocate_nothing()
    {
        using NativeBuffer<float> x = new(9 * 200), weight = new(208 * 200), y = new(9 * 200), z = new(9 * 200), w = new(9 * 200);
        Step(1);
        Step(9);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 100; step++) Step(step % 2 == 0 ? 1 : 9);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Step(int rows)
        {
            Linears.Forward<D200, D200, Relu, D200, Identity>(_teams[1], x.Pointer, rows, weight.Pointer, default, y.Pointer, weight.Pointer, default, z.Pointer);
            Linears.Forward<D200, D200, Relu, D200, Identity, D200, Identity>(
                _teams[1], x.Pointer, rows, weight.Pointer, default, y.Pointer, weight.Pointer, default, z.Pointer, weight.Pointer, default, w.Pointer);
        }
    }

    private void CheckTwo<TK, TN0, TN1>(int rows)
        where TK : struct, IDimension
        where TN0 : struct, IDimension
        where TN1 : struct, IDimension
    {
        using PageEndBuffer x = Values(rows * TK.Value);
        using Layer<TK, TN0> first = new(rows);
        using Layer<TK, TN1> second = new(rows);
        InstructionSets.ForEach(() =>
        {
            float[] expected0 = first.Alone<Gelu>(_teams[0], x.Pointer, first.Bias), expected1 = second.Alone<Identity>(_teams[0], x.Pointer, default);
            foreach (ComputeTeam team in _teams)
            {
                Linears.Forward<TK, TN0, Gelu, TN1, Identity, Chosen>(team, x.Pointer, rows, first.Weight, first.Bias, first.Y, second.Weight, default, second.Y);
                Assert.Equal(expected0, first.Take());
                Assert.Equal(expected1, second.Take());
            }
        });
    }

    private void CheckThree<TK, TN0, TN1, TN2>(int rows)
        where TK : struct, IDimension
        where TN0 : struct, IDimension
        where TN1 : struct, IDimension
        where TN2 : struct, IDimension
    {
        using PageEndBuffer x = Values(rows * TK.Value);
        using Layer<TK, TN0> first = new(rows);
        using Layer<TK, TN1> second = new(rows);
        using Layer<TK, TN2> third = new(rows);
        InstructionSets.ForEach(() =>
        {
            float[] expected0 = first.Alone<Identity>(_teams[0], x.Pointer, first.Bias), expected1 = second.Alone<Relu>(_teams[0], x.Pointer, default);
            float[] expected2 = third.Alone<Identity>(_teams[0], x.Pointer, third.Bias);
            foreach (ComputeTeam team in _teams)
            {
                Linears.Forward<TK, TN0, Identity, TN1, Relu, TN2, Identity, Chosen>(
                    team, x.Pointer, rows, first.Weight, first.Bias, first.Y, second.Weight, default, second.Y, third.Weight, third.Bias, third.Y);
                Assert.Equal(expected0, first.Take());
                Assert.Equal(expected1, second.Take());
                Assert.Equal(expected2, third.Take());
            }
        });
    }

    private static PageEndBuffer Values(int count)
    {
        Random random = new(count);
        return new PageEndBuffer([.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)]);
    }

    /// <summary>One layer's operands, which end at untouchable pages, and its result between guards.</summary>
    private sealed class Layer<TK, TN>(int rows) : IDisposable
        where TK : struct, IDimension
        where TN : struct, IDimension
    {
        private readonly PageEndBuffer _weight = Values((TN.Value + 15) / 16 * 16 * TK.Value), _bias = Values(TN.Value);
        private readonly GuardedBuffer<float> _y = new(rows * TN.Value);

        public Pointer<float> Weight => _weight.Pointer;

        public Pointer<float> Bias => _bias.Pointer;

        public Pointer<float> Y => _y;

        public float[] Alone<TActivation>(ComputeTeam team, Pointer<float> x, Pointer<float> bias)
            where TActivation : struct, IActivation
        {
            Linear.Forward<TK, TN, TActivation, Chosen>(team, x, Weight, bias, default, rows, Y);
            return Take();
        }

        /// <summary>The result, which is forgotten.</summary>
        public float[] Take()
        {
            _y.Verify();
            float[] result = _y.ToArray();
            _y.Fill(float.NaN);
            return result;
        }

        public void Dispose()
        {
            _weight.Dispose();
            _bias.Dispose();
            _y.Dispose();
        }
    }
}

using System.Runtime.Intrinsics;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Runtime.Tests.Kernels;

/// <summary>
/// Linear layers against sums in double, for sizes around all tile edges. Operands end at untouchable pages, results lie between guards.
/// Every result is computed by teams of one, two and three threads, which must agree to the bit.
/// </summary>
public sealed class LinearTests : IDisposable
{
    private static readonly int[] RowCounts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 64];

    private readonly ComputeTeam[] _teams = [new(1), new(2), new(3)];

    public void Dispose()
    {
        foreach (ComputeTeam team in _teams) team.Dispose();
    }

    [Fact]
    public void Every_product_is_right_for_sizes_at_tile_edges()
    {
        ForEachWidth<D1>();
        ForEachWidth<D7>();
        ForEachWidth<D17>();
        ForEachWidth<D65>();
        ForEachWidth<D200>();
    }

    [Fact]
    public void Every_product_adds_its_addend_in_place_and_does_not_depend_on_threads()
    {
        foreach (int rows in RowCounts)
        {
            new InPlaceProducts().Check<D1, D1>(_teams, rows);
            new InPlaceProducts().Check<D17, D48>(_teams, rows);
            new InPlaceProducts().Check<D65, D131>(_teams, rows);
            new InPlaceProducts().Check<D200, D7>(_teams, rows);
        }
    }

    [Fact]
    public void Long_sums_are_cut_into_blocks()
    {
        new Products().Check<D1700, D40>(_teams, 21);
        new Products().Check<D40, D1700>(_teams, 21);
        new Products().Check<D40, D17>(_teams, 1700);
        new InPlaceProducts().Check<D1700, D40>(_teams, 21);
        new InPlaceProducts().Check<D40, D1700>(_teams, 21);
        new InPlaceProducts().Check<D40, D17>(_teams, 1700);
    }

    [Fact]
    public void Rows_that_are_pages_apart_are_summed_right() => new Products().Check<D1024, D131>(_teams, 400);

    [Fact]
    public void Many_tasks_cover_the_result_once() => new Products().Check<D200, D1700>(_teams, 333);

    [Fact]
    public void A_row_does_not_depend_on_the_rows_around_it()
    {
        new InPlaceProducts().CheckRows<D200, D131, Identity>(_teams[0]);
        new InPlaceProducts().CheckRows<D200, D1700, Identity>(_teams[0]);
        new InPlaceProducts().CheckRows<D1700, D131, Identity>(_teams[0]);
        new InPlaceProducts().CheckRows<D65, D1700, Relu>(_teams[0]);
    }

    [Fact]
    public void Streams_of_panels_cover_a_wide_result_once()
    {
        foreach (int rows in new[] { 1, 2, 3, 8, 9 })
        {
            new Products().Check<D65, D1700>(_teams, rows);
            new InPlaceProducts().Check<D65, D1700>(_teams, rows);
            new Products().Check<D1700, D131>(_teams, rows);
        }
    }

    [Fact]
    public void Pad_lanes_of_weight_gradients_are_zero() => InstructionSets.ForEach(() =>
    {
        const int Rows = 20;
        Matrix x = new(Rows, 65), dy = new(Rows, 17);
        using GuardedBuffer<float> gradient = new(32 * 65);
        using PageEndBuffer xBuffer = new(x.Values), dyBuffer = new(dy.Values);
        WeightGradient<D65, D17>(_teams[1], dyBuffer.Pointer, xBuffer.Pointer, default, Rows, gradient);
        for (int k = 0; k < 65; k++) Assert.Equal(-1, gradient.Span.Slice((65 + k) * 16 + 1, 15).IndexOfAnyExcept(0f));
    });

    [Fact]
    public void Calls_allocate_nothing()
    {
        const int Rows = 64;
        using NativeBuffer<float> x = new(Rows * 200), y = new(Rows * 131), weight = new(144 * 200), gradient = new(144 * 200), bias = new(131), panels = new(Rows * 208);
        Step();
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 100; step++) Step();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Step()
        {
            Linear.Forward<D200, D131, GeluTanh>(_teams[1], x.Pointer, weight.Pointer, bias.Pointer, default, Rows, y.Pointer);
            Linear.CopyToPanels<D200>(_teams[1], x.Pointer, Rows, panels.Pointer);
            Linear.WeightGradient<D200, D131>(_teams[1], y.Pointer, panels.Pointer, gradient.Pointer, Rows, gradient.Pointer);
            Linear.BiasGradient<D131>(_teams[1], y.Pointer, bias.Pointer, Rows, bias.Pointer);
            Linear.InputGradient<D200, D131>(_teams[1], y.Pointer, weight.Pointer, default, Rows, x.Pointer);
        }
    }

    /// <summary>The gradient of a weight, by way of a copy of x in panels that fills its memory exactly.</summary>
    private static void WeightGradient<TK, TN>(ComputeTeam team, Pointer<float> dy, Pointer<float> x, Pointer<float> addend, int rows, Pointer<float> dWeight)
        where TK : struct, IDimension
        where TN : struct, IDimension
    {
        using GuardedBuffer<float> panels = new((TK.Value + 15) / 16 * 16 * rows);
        Linear.CopyToPanels<TK, Chosen>(team, x, rows, panels);
        panels.Verify();
        Linear.WeightGradient<TK, TN, Chosen>(team, dy, panels, addend, rows, dWeight);
    }

    private void ForEachWidth<TK>()
        where TK : struct, IDimension
    {
        foreach (int rows in RowCounts)
        {
            new Products().Check<TK, D1>(_teams, rows);
            new Products().Check<TK, D7>(_teams, rows);
            new Products().Check<TK, D16>(_teams, rows);
            new Products().Check<TK, D48>(_teams, rows);
            new Products().Check<TK, D65>(_teams, rows);
            new Products().Check<TK, D131>(_teams, rows);
        }
    }

    /// <summary>All four products with separate operands.</summary>
    private readonly struct Products
    {
        public void Check<TK, TN>(ComputeTeam[] teams, int rows)
            where TK : struct, IDimension
            where TN : struct, IDimension
        {
            int k = TK.Value, n = TN.Value;
            Matrix x = new(rows, k), weight = new(n, k), bias = new(1, n), dy = new(rows, n), inputAddend = new(rows, k);
            using PageEndBuffer xBuffer = new(x.Values), weightBuffer = new(weight.ToPanels()), biasBuffer = new(bias.Values), dyBuffer = new(dy.Values), addendBuffer = new(inputAddend.Values);
            ComputeTeam team = teams[1];
            Sums y = Sums.Of(rows, n, k, (r, c, i) => (x[r, i], weight[c, i]));
            Expect(y, y.ToRowMajor(), result => Linear.Forward<TK, TN, Identity, Chosen>(team, xBuffer.Pointer, weightBuffer.Pointer, default, default, rows, result));
            Expect(y, y.ToRowMajor((r, c, sum) => Math.Max(sum + bias[0, c], 0)), result => Linear.Forward<TK, TN, Relu, Chosen>(team, xBuffer.Pointer, weightBuffer.Pointer, biasBuffer.Pointer, default, rows, result));
            Expect(y, y.ToRowMajor((r, c, sum) => Math.Max(sum, 0) + dy[r, c]), result => Linear.Forward<TK, TN, Relu, Chosen>(team, xBuffer.Pointer, weightBuffer.Pointer, default, dyBuffer.Pointer, rows, result));

            Sums dx = Sums.Of(rows, k, n, (r, c, i) => (dy[r, i], weight[i, c]));
            Expect(dx, dx.ToRowMajor(), result => Linear.InputGradient<TK, TN, Chosen>(team, dyBuffer.Pointer, weightBuffer.Pointer, default, rows, result));
            Expect(dx, dx.ToRowMajor((r, c, sum) => sum + inputAddend[r, c]), result => Linear.InputGradient<TK, TN, Chosen>(team, dyBuffer.Pointer, weightBuffer.Pointer, addendBuffer.Pointer, rows, result));

            Sums dWeight = Sums.Of(n, k, rows, (r, c, i) => (dy[i, r], x[i, c]));
            Expect(dWeight, dWeight.ToPanels(), result => WeightGradient<TK, TN>(team, dyBuffer.Pointer, xBuffer.Pointer, default, rows, result));
            Expect(dWeight, dWeight.ToPanels((r, c, sum) => sum + weight[r, c]), result => WeightGradient<TK, TN>(team, dyBuffer.Pointer, xBuffer.Pointer, weightBuffer.Pointer, rows, result));

            Sums dBias = Sums.Of(1, n, rows, (r, c, i) => (dy[i, c], 1));
            Expect(dBias, dBias.ToRowMajor(), result => Linear.BiasGradient<TN, Chosen>(team, dyBuffer.Pointer, default, rows, result));
            Expect(dBias, dBias.ToRowMajor((r, c, sum) => sum + bias[r, c]), result => Linear.BiasGradient<TN, Chosen>(team, dyBuffer.Pointer, biasBuffer.Pointer, rows, result));
        }

        /// <summary>Runs a product on every instruction set, which must agree to the bit.</summary>
        private static void Expect(Sums sums, double[] expected, Action<Pointer<float>> product)
        {
            float[]? first = null;
            InstructionSets.ForEach(() =>
            {
                using GuardedBuffer<float> result = new(expected.Length);
                product(result);
                result.Verify();
                for (int i = 0; i < expected.Length; i++)
                {
                    bool isNear = Math.Abs(result[i] - expected[i]) <= sums.Tolerance + 1e-6 * Math.Abs(expected[i]);
                    Assert.True(isNear, $"Element {i}: {result[i]} instead of {expected[i]} ({sums.Rows} × {sums.Columns}, sums of {sums.Length}).");
                }
                first ??= result.ToArray();
                Assert.Equal(first, result.ToArray());
            });
        }
    }

    /// <summary>The products with the addend in the result's own place, which must equal those with an addend elsewhere; and those of all teams.</summary>
    private readonly struct InPlaceProducts
    {
        public void Check<TK, TN>(ComputeTeam[] teams, int rows)
            where TK : struct, IDimension
            where TN : struct, IDimension
        {
            int k = TK.Value, n = TN.Value;
            Matrix x = new(rows, k), weight = new(n, k), bias = new(1, n), dy = new(rows, n), addend = new(rows, n), inputAddend = new(rows, k);
            using PageEndBuffer xBuffer = new(x.Values), weightBuffer = new(weight.ToPanels()), biasBuffer = new(bias.Values), dyBuffer = new(dy.Values);
            Agree(teams, addend.Values, (team, sum, result) => Linear.Forward<TK, TN, Relu, Chosen>(team, xBuffer.Pointer, weightBuffer.Pointer, biasBuffer.Pointer, sum, rows, result));
            Agree(teams, inputAddend.Values, (team, sum, result) => Linear.InputGradient<TK, TN, Chosen>(team, dyBuffer.Pointer, weightBuffer.Pointer, sum, rows, result));
            Agree(teams, weight.ToPanels(), (team, sum, result) => WeightGradient<TK, TN>(team, dyBuffer.Pointer, xBuffer.Pointer, sum, rows, result));
            Agree(teams, bias.Values, (team, sum, result) => Linear.BiasGradient<TN, Chosen>(team, dyBuffer.Pointer, sum, rows, result));
        }

        /// <summary>The forward product of many rows, which must equal that of one, two or eight at a time.</summary>
        public void CheckRows<TK, TN, TActivation>(ComputeTeam team)
            where TK : struct, IDimension
            where TN : struct, IDimension
            where TActivation : struct, IActivation
        {
            const int Rows = 24;
            int k = TK.Value, n = TN.Value;
            Matrix x = new(Rows, k), weight = new(n, k), addend = new(Rows, n);
            using PageEndBuffer xBuffer = new(x.Values), weightBuffer = new(weight.ToPanels());
            InstructionSets.ForEach(() =>
            {
                using PageEndBuffer all = new(addend.Values);
                Linear.Forward<TK, TN, TActivation, Chosen>(team, xBuffer.Pointer, weightBuffer.Pointer, default, all.Pointer, Rows, all.Pointer);
                foreach (int rows in new[] { 1, 2, 8 })
                {
                    using PageEndBuffer some = new(addend.Values);
                    for (int row = 0; row < Rows; row += rows)
                        Linear.Forward<TK, TN, TActivation, Chosen>(team, xBuffer.Pointer + row * k, weightBuffer.Pointer, default, some.Pointer + row * n, rows, some.Pointer + row * n);
                    Assert.Equal(all.Span, some.Span);
                }
            });
        }

        private static void Agree(ComputeTeam[] teams, float[] addend, Action<ComputeTeam, Pointer<float>, Pointer<float>> product) =>
            InstructionSets.ForEach(() =>
            {
                using PageEndBuffer elsewhere = new(addend);
                using GuardedBuffer<float> result = new(addend.Length);
                product(teams[0], elsewhere.Pointer, result);
                foreach (ComputeTeam team in teams)
                {
                    using PageEndBuffer place = new(addend);
                    product(team, place.Pointer, place.Pointer);
                    Assert.Equal(result.Span, place.Span);
                }
            });
    }

    /// <summary>A row-major matrix of values in [−1, 1) that depend on its shape.</summary>
    private sealed class Matrix
    {
        private readonly int _rows;
        private readonly int _columns;

        public Matrix(int rows, int columns)
        {
            _rows = rows;
            _columns = columns;
            Values = new float[rows * columns];
            Random random = new(rows * 7919 + columns);
            for (int i = 0; i < Values.Length; i++) Values[i] = random.NextSingle() * 2 - 1;
        }

        public float[] Values { get; }

        public float this[int row, int column] => Values[row * _columns + column];

        public float[] ToPanels()
        {
            float[] panels = new float[(_rows + 15) / 16 * 16 * _columns];
            for (int row = 0; row < _rows; row++)
            {
                for (int column = 0; column < _columns; column++) panels[(row / 16 * _columns + column) * 16 + row % 16] = this[row, column];
            }
            return panels;
        }
    }

    /// <summary>A matrix of sums of products in double.</summary>
    private sealed class Sums
    {
        private readonly double[] _values;

        private Sums(int rows, int columns, int length)
        {
            (Rows, Columns, Length) = (rows, columns, length);
            _values = new double[rows * columns];
        }

        public int Rows { get; }

        public int Columns { get; }

        public int Length { get; }

        /// <summary>For terms below 1: √length roundings of partial sums that grow as √length.</summary>
        public double Tolerance => 1e-6 + 2e-7 * Length;

        public static Sums Of(int rows, int columns, int length, Func<int, int, int, (float Left, float Right)> factors)
        {
            Sums sums = new(rows, columns, length);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double sum = 0;
                    for (int i = 0; i < length; i++)
                    {
                        (float left, float right) = factors(row, column, i);
                        sum += (double)left * right;
                    }
                    sums._values[row * columns + column] = sum;
                }
            }
            return sums;
        }

        public double[] ToRowMajor() => _values;

        public double[] ToRowMajor(Func<int, int, double, double> finish)
        {
            double[] values = new double[_values.Length];
            for (int i = 0; i < values.Length; i++) values[i] = finish(i / Columns, i % Columns, _values[i]);
            return values;
        }

        public double[] ToPanels() => ToPanels((_, _, sum) => sum);

        public double[] ToPanels(Func<int, int, double, double> finish)
        {
            double[] panels = new double[(Rows + 15) / 16 * 16 * Columns];
            for (int row = 0; row < Rows; row++)
            {
                for (int column = 0; column < Columns; column++) panels[(row / 16 * Columns + column) * 16 + row % 16] = finish(row, column, _values[row * Columns + column]);
            }
            return panels;
        }
    }

    private readonly struct D40 : IDimension
    {
        public static int Value => 40;
    }

    private readonly struct D65 : IDimension
    {
        public static int Value => 65;
    }

    private readonly struct D1024 : IDimension
    {
        public static int Value => 1024;
    }

    private readonly struct D1700 : IDimension
    {
        public static int Value => 1700;
    }
}

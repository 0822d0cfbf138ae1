using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;

namespace Runtime.Tests.Kernels;

/// <summary>The elementary functions against double references, over a grid of all magnitudes.</summary>
public sealed unsafe class VectorMathTests
{
    [Fact]
    public void Exp_is_within_a_unit_in_the_last_place() =>
        InstructionSets.ForEach(new Accuracy<ExpFunction>(Math.Exp, -103.9, 88.7, maximumUlp: 1.0));

    [Fact]
    public void Power_of_two_is_within_one_and_a_half_units_in_the_last_place() =>
        InstructionSets.ForEach(new Accuracy<PowerOfTwoFunction>(x => Math.Pow(2, x), -150, 127.4, maximumUlp: 1.5));

    [Fact]
    public void Sigmoid_is_within_three_units_in_the_last_place() =>
        InstructionSets.ForEach(new Accuracy<SigmoidFunction>(x => 1 / (1 + Math.Exp(-x)), -87, 100, maximumUlp: 2.5));

    [Fact]
    public void Log_one_plus_is_within_three_units_in_the_last_place() =>
        InstructionSets.ForEach(new Accuracy<LogOnePlusFunction>(x => x < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x), 0, 1, maximumUlp: 3));

    [Fact]
    public void Tanh_is_within_four_units_in_the_last_place() =>
        InstructionSets.ForEach(new Accuracy<TanhFunction>(Math.Tanh, -20, 20, maximumUlp: 4));

    [Fact]
    public void Erf_is_within_a_unit_in_the_last_place() =>
        InstructionSets.ForEach(new Accuracy<ErfFunction>(Reference.Erf, -10, 10, maximumUlp: 1.1));

    [Fact]
    public void Normal_distribution_has_three_correct_digits_down_to_minus_five() =>
        InstructionSets.ForEach(new Accuracy<NormalFunction>(Reference.NormalDistribution, -5, 12, maximumUlp: 1200));

    [Fact]
    public void Extremes_saturate()
    {
        InstructionSets.ForEach(new Values<ExpFunction>((float.NegativeInfinity, 0), (-1e30f, 0), (float.PositiveInfinity, float.PositiveInfinity), (89.5f, float.PositiveInfinity), (0, 1)));
        InstructionSets.ForEach(new Values<PowerOfTwoFunction>((float.NegativeInfinity, 0), (-1e30f, 0), (0, 1), (-3, 0.125f), (100, 1.2676506e30f)));
        InstructionSets.ForEach(new Values<SigmoidFunction>((float.NegativeInfinity, 0), (float.PositiveInfinity, 1), (0, 0.5f)));
        InstructionSets.ForEach(new Values<TanhFunction>((float.NegativeInfinity, -AlmostOne), (float.PositiveInfinity, AlmostOne), (1e30f, AlmostOne), (0, 0), (-0f, -0f)));
        InstructionSets.ForEach(new Values<ErfFunction>((float.NegativeInfinity, -1), (float.PositiveInfinity, 1), (-1e30f, -1), (0, 0)));
        InstructionSets.ForEach(new Values<NormalFunction>((float.NegativeInfinity, 0), (float.PositiveInfinity, 1), (0, 0.5f)));
    }

    [Fact]
    public void NaN_stays_NaN()
    {
        InstructionSets.ForEach(new Values<ExpFunction>((float.NaN, float.NaN)));
        InstructionSets.ForEach(new Values<PowerOfTwoFunction>((float.NaN, float.NaN)));
        InstructionSets.ForEach(new Values<SigmoidFunction>((float.NaN, float.NaN)));
        InstructionSets.ForEach(new Values<LogOnePlusFunction>((float.NaN, float.NaN)));
        InstructionSets.ForEach(new Values<TanhFunction>((float.NaN, float.NaN)));
        InstructionSets.ForEach(new Values<ErfFunction>((float.NaN, float.NaN)));
        InstructionSets.ForEach(new Values<NormalFunction>((float.NaN, float.NaN)));
    }

    /// <summary>The float below 1.</summary>
    private const float AlmostOne = 0.99999994f;

    private interface IFunction
    {
        static abstract V Apply<TSimd, V>(V x)
            where TSimd : struct, ISimd<V>
            where V : struct;
    }

    private readonly struct ExpFunction : IFunction
    {
        static V IFunction.Apply<TSimd, V>(V x) => VectorMath.Exp<TSimd, V>(x);
    }

    private readonly struct PowerOfTwoFunction : IFunction
    {
        static V IFunction.Apply<TSimd, V>(V x) => VectorMath.PowerOfTwo<TSimd, V>(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        static V IFunction.Apply<TSimd, V>(V x) => VectorMath.Sigmoid<TSimd, V>(x);
    }

    private readonly struct LogOnePlusFunction : IFunction
    {
        static V IFunction.Apply<TSimd, V>(V x) => VectorMath.LogOnePlus<TSimd, V>(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        static V IFunction.Apply<TSimd, V>(V x) => VectorMath.Tanh<TSimd, V>(x);
    }

    private readonly struct ErfFunction : IFunction
    {
        static V IFunction.Apply<TSimd, V>(V x) => VectorMath.Erf<TSimd, V>(x);
    }

    private readonly struct NormalFunction : IFunction
    {
        static V IFunction.Apply<TSimd, V>(V x) => VectorMath.NormalDistribution<TSimd, V>(x);
    }

    private static float Evaluate<TFunction, TSimd, V>(float x)
        where TFunction : IFunction
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V result = TFunction.Apply<TSimd, V>(TSimd.Broadcast(x));
        return Unsafe.As<V, float>(ref result);
    }

    /// <summary>The largest error over the floats of a range, every 4,001st bit pattern of each sign.</summary>
    private sealed class Accuracy<TFunction>(Func<double, double> reference, double low, double high, double maximumUlp) : IInstructionSetVisitor
        where TFunction : IFunction
    {
        public void Visit<TSimd, V>()
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            double worst = 0;
            float worstAt = 0;
            for (uint bits = 1; bits < 0x7F800000; bits += 4001)
            {
                float magnitude = BitConverter.UInt32BitsToSingle(bits);
                for (float x = -magnitude, i = 0; i < 2; x = magnitude, i++)
                {
                    if (x < low || x > high) continue;
                    double expected = reference(x);
                    double unit = Math.Max(Math.ScaleB(1, Math.ILogB(expected) - 23), float.Epsilon);
                    double error = Math.Abs(Evaluate<TFunction, TSimd, V>(x) - expected) / unit;
                    if (error > worst) (worst, worstAt) = (error, x);
                }
            }

            Assert.True(worst <= maximumUlp, $"{worst:F2} units in the last place at {worstAt:R}.");
        }
    }

    private sealed class Values<TFunction>(params (float X, float Y)[] pairs) : IInstructionSetVisitor
        where TFunction : IFunction
    {
        public void Visit<TSimd, V>()
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            foreach ((float x, float y) in pairs) Assert.Equal(y, Evaluate<TFunction, TSimd, V>(x));
        }
    }
}

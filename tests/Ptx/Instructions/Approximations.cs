namespace Transformer.Compiled.Ptx;

/// <summary>A function that devices approximate: the accurate result, and how far from it the documentation allows a device to be.</summary>
internal interface IApproximation
{
    static abstract double Invoke(double a);

    /// <summary>The largest absolute error at an argument with an accurate result.</summary>
    static abstract double Error(double a, double result);
}

internal enum FlushesSubnormals
{
    No,
    Yes,
}

/// <summary>What <c>div.approx</c> and <c>div.full</c> do with divisors beyond 2^126.</summary>
internal enum LargeDivisors
{
    Divide,
    GiveZero,
}

/// <summary>Moves results within an error.</summary>
internal static class Perturbation
{
    /// <summary>The unit in the last place of a float32 near a number.</summary>
    public static double Unit(double value) => value == 0 || !double.IsFinite(value) ? 0 : Math.ScaleB(1, Math.ILogB(value) - 23);

    /// <summary>A float32 whose distance from <paramref name="accurate"/> is at most <paramref name="error"/>, or the nearest if that is closer than rounding allows.</summary>
    public static float Round(Warp warp, double accurate, double error)
    {
        var machine = warp.Block.Machine;
        if (!machine.Options.PerturbApproximations || accurate == 0 || !double.IsFinite(accurate)) return (float)accurate;
        double room = Math.Max(0, error - (Unit(accurate) / 2));
        return (float)(accurate + (room * ((machine.Random.NextDouble() * 2) - 1)));
    }
}

/// <summary>result = f(a), approximately.</summary>
internal sealed unsafe class Approximation<TApproximation>(int result, int a, FlushesSubnormals flushes) : Operation
    where TApproximation : IApproximation
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* r = warp.Registers + result, x = warp.Registers + a;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            float argument = Lane.Get<float>(x, lane);
            if (flushes == FlushesSubnormals.Yes) argument = Subnormals.Flush(argument);
            double accurate = TApproximation.Invoke(argument);
            float value = Perturbation.Round(warp, accurate, TApproximation.Error(argument, accurate));
            Lane.Set(r, lane, flushes == FlushesSubnormals.Yes ? Subnormals.Flush(value) : value);
        }
    }
}

/// <summary><c>div.approx</c> and <c>div.full</c>: at most 2 units in the last place.</summary>
internal sealed unsafe class ApproximateQuotient(int result, int a, int b, FlushesSubnormals flushes, LargeDivisors large) : Operation
{
    private const float Large = 8.507059e37f; // 2^126

    public override void Execute(Warp warp, uint mask)
    {
        byte* r = warp.Registers + result, x = warp.Registers + a, y = warp.Registers + b;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            float dividend = Lane.Get<float>(x, lane), divisor = Lane.Get<float>(y, lane);
            if (flushes == FlushesSubnormals.Yes) (dividend, divisor) = (Subnormals.Flush(dividend), Subnormals.Flush(divisor));
            double accurate = (double)dividend / divisor;
            float value = Perturbation.Round(warp, accurate, 2 * Perturbation.Unit(accurate));
            if (large == LargeDivisors.GiveZero && MathF.Abs(divisor) > Large && float.IsFinite(divisor)) value = float.IsInfinity(dividend) ? float.NaN : MathF.CopySign(0f, value);
            Lane.Set(r, lane, flushes == FlushesSubnormals.Yes ? Subnormals.Flush(value) : value);
        }
    }
}

/// <summary>At most one unit in the last place.</summary>
internal readonly struct ApproximateReciprocal : IApproximation
{
    public static double Invoke(double a) => 1 / a;

    public static double Error(double a, double result) => Perturbation.Unit(result);
}

internal readonly struct ApproximateSquareRoot : IApproximation
{
    public static double Invoke(double a) => Math.Sqrt(a);

    public static double Error(double a, double result) => Math.Abs(result) * Math.ScaleB(1, -23);
}

internal readonly struct ApproximateReciprocalSquareRoot : IApproximation
{
    public static double Invoke(double a) => 1 / Math.Sqrt(a);

    public static double Error(double a, double result) => Math.Abs(result) * Math.Pow(2, -22.4);
}

internal readonly struct ApproximateExponential : IApproximation
{
    public static double Invoke(double a) => Math.Pow(2, a);

    public static double Error(double a, double result) => result * Math.ScaleB(1, -22);
}

/// <summary>2^-22 absolute between 0.5 and 2, relative elsewhere.</summary>
internal readonly struct ApproximateLogarithm : IApproximation
{
    public static double Invoke(double a) => Math.Log2(a);

    public static double Error(double a, double result) => (a is > 0.5 and < 2 ? 1 : Math.Abs(result)) * Math.ScaleB(1, -22);
}

/// <summary>2^-20.5 absolute within ±2π; 2^-14.7 beyond, which stands for an error that grows.</summary>
internal readonly struct ApproximateSine : IApproximation
{
    public static double Invoke(double a) => Math.Sin(a);

    public static double Error(double a, double result) => Math.Pow(2, Math.Abs(a) <= 2 * Math.PI ? -20.5 : -14.7);
}

internal readonly struct ApproximateCosine : IApproximation
{
    public static double Invoke(double a) => Math.Cos(a);

    public static double Error(double a, double result) => ApproximateSine.Error(a, result);
}

internal readonly struct ApproximateHyperbolicTangent : IApproximation
{
    public static double Invoke(double a) => Math.Tanh(a);

    public static double Error(double a, double result) => Math.Abs(result) * Math.ScaleB(1, -11);
}

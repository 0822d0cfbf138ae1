using System.Globalization;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Generator.Tests.Emission;

public sealed class FloatLiteralTests
{
    private const int Samples = 20_000;

    [Fact]
    public void RandomFloatsReadBackFromTheFewestDigits()
    {
        var random = new Random(1);
        for (int i = 0; i < Samples; i++)
        {
            float value = BitConverter.Int32BitsToSingle((int)random.NextInt64(1L << 32));
            if (float.IsFinite(value)) AssertShortest(value);
        }
    }

    [Fact]
    public void RandomDoublesReadBackFromTheFewestDigits()
    {
        var random = new Random(2);
        for (int i = 0; i < Samples / 10; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64() | (random.NextInt64() << 1));
            if (double.IsFinite(value)) AssertShortest(value);
        }
    }

    [Fact]
    public void EdgesReadBackFromTheFewestDigits()
    {
        for (int exponent = 1; exponent < 255; exponent++)
        {
            float power = BitConverter.Int32BitsToSingle(exponent << 23);
            AssertShortest(power);
            AssertShortest(MathF.BitDecrement(power));
            AssertShortest(MathF.BitIncrement(power));
        }
        for (int exponent = -45; exponent <= 38; exponent++) AssertShortest(float.Parse($"1E{exponent}", CultureInfo.InvariantCulture));
        foreach (float value in (float[])[float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 16777215, 16777216, 33554430, 8388608.5f]) AssertShortest(value);
        foreach (double value in (double[])[double.Epsilon, double.MaxValue, 1e23, 9007199254740993, 5e-324, 2.2250738585072014e-308, 0.1 + 0.2]) AssertShortest(value);
    }

    [Theory]
    [InlineData(0f, "0f")]
    [InlineData(-0f, "-0f")]
    [InlineData(1f, "1f")]
    [InlineData(-3f, "-3f")]
    [InlineData(0.1f, "0.1f")]
    [InlineData(0.125f, "0.125f")]
    [InlineData(1e-5f, "1E-05f")]
    [InlineData(0.088388346f, "0.088388346f")]
    [InlineData(1e9f, "1E+09f")]
    [InlineData(123456790f, "123456790f")]
    [InlineData(float.NaN, "float.NaN")]
    [InlineData(float.PositiveInfinity, "float.PositiveInfinity")]
    [InlineData(float.NegativeInfinity, "float.NegativeInfinity")]
    public void Floats(float value, string text) => Assert.Equal(text, FloatLiteral.Format(value));

    [Theory]
    [InlineData(10_000d, "10000d")]
    [InlineData(500_000.5, "500000.5d")]
    [InlineData(double.NaN, "double.NaN")]
    public void Doubles(double value, string text) => Assert.Equal(text, FloatLiteral.Format(value));

    private static void AssertShortest(float value)
    {
        string text = FloatLiteral.Format(value).TrimEnd('f');
        Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits(float.Parse(text, CultureInfo.InvariantCulture)));
        Assert.Equal(Digits(value.ToString("R", CultureInfo.InvariantCulture)), Digits(text));
    }

    private static void AssertShortest(double value)
    {
        string text = FloatLiteral.Format(value).TrimEnd('d');
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)));
        Assert.Equal(Digits(value.ToString("R", CultureInfo.InvariantCulture)), Digits(text));
    }

    private static int Digits(string text) => text.Split('E')[0].Replace("-", "").Replace(".", "").Trim('0').Length;
}

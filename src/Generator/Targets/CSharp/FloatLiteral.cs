using System.Globalization;
using System.Numerics;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>
/// The shortest decimal that reads back as the same number, found in exact integer arithmetic from the bits, so that every
/// machine, framework and culture prints the same text.
/// </summary>
internal static class FloatLiteral
{
    /// <summary>A C# literal such as <c>0.1f</c>, <c>1E-05f</c> or <c>-3f</c>.</summary>
    public static string Format(float value)
    {
        int bits = BitConverter.ToInt32(BitConverter.GetBytes(value), 0);
        return Format(value, "float", "f", new Fields(bits < 0, bits & 0x7FFFFF, (bits >> 23) & 0xFF, MantissaBits: 23, Bias: 127));
    }

    /// <summary>A C# literal such as <c>10000d</c>.</summary>
    public static string Format(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return Format(value, "double", "d", new Fields(bits < 0, bits & 0xFFFFFFFFFFFFF, (int)(bits >> 52) & 0x7FF, MantissaBits: 52, Bias: 1023));
    }

    private static string Format(double value, string type, string suffix, Fields fields)
    {
        if (double.IsNaN(value)) return type + ".NaN";
        if (double.IsInfinity(value)) return type + (value > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
        string sign = fields.IsNegative ? "-" : "";
        if (value == 0) return $"{sign}0{suffix}";

        var interval = new Interval(fields);
        int leading = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        for (int digits = 1; ; digits++)
        {
            int exponent = leading - digits + 1;
            if (interval.TryRound(exponent, out BigInteger significand))
                return sign + Spell(significand.ToString(CultureInfo.InvariantCulture), exponent) + suffix;
        }
    }

    /// <summary>digits · 10^exponent in positional notation where that is short, in scientific notation otherwise.</summary>
    private static string Spell(string digits, int exponent)
    {
        string trimmed = digits.TrimEnd('0');
        exponent += digits.Length - trimmed.Length;
        int leading = trimmed.Length + exponent - 1;
        if (leading is < -4 or > 8)
        {
            string fraction = trimmed.Length > 1 ? "." + trimmed.Substring(1) : "";
            string magnitude = Math.Abs(leading).ToString("00", CultureInfo.InvariantCulture);
            return $"{trimmed[0]}{fraction}E{(leading < 0 ? "-" : "+")}{magnitude}";
        }
        if (exponent >= 0) return trimmed + new string('0', exponent);
        int point = trimmed.Length + exponent;
        return point > 0 ? $"{trimmed.Substring(0, point)}.{trimmed.Substring(point)}" : $"0.{new string('0', -point)}{trimmed}";
    }

    /// <summary>The parts of an IEEE 754 number as they are stored.</summary>
    private readonly record struct Fields(bool IsNegative, long Mantissa, int Exponent, int MantissaBits, int Bias);

    /// <summary>The reals that round to one number: numerators over the common denominator <c>4 · 2^max(0, −power)</c>.</summary>
    private readonly struct Interval
    {
        private readonly BigInteger _value;
        private readonly BigInteger _below;
        private readonly BigInteger _above;
        private readonly BigInteger _denominator;
        private readonly bool _endsBelong;

        public Interval(Fields fields)
        {
            // The value is mantissa · 2^power; it owns the interval half a unit to either side, a quarter below a power of two.
            bool isNormal = fields.Exponent != 0;
            long mantissa = isNormal ? fields.Mantissa | (1L << fields.MantissaBits) : fields.Mantissa;
            int power = (isNormal ? fields.Exponent : 1) - fields.Bias - fields.MantissaBits;
            bool isPowerOfTwo = fields.Mantissa == 0 && fields.Exponent > 1;
            BigInteger unit = BigInteger.One << Math.Max(0, power);
            _denominator = 4 * (BigInteger.One << Math.Max(0, -power));
            _value = 4 * mantissa * unit;
            _below = _value - (isPowerOfTwo ? 1 : 2) * unit;
            _above = _value + 2 * unit;
            _endsBelong = mantissa % 2 == 0;
        }

        /// <summary>
        /// Rounds the value to a multiple of a power of ten, and says whether that still reads back as it. Below a power of two, where the
        /// interval is narrower, the multiple above the value may do where the nearest does not.
        /// </summary>
        public bool TryRound(int exponent, out BigInteger significand)
        {
            BigInteger scaleUp = BigInteger.Pow(10, Math.Max(0, -exponent));
            BigInteger divisor = _denominator * BigInteger.Pow(10, Math.Max(0, exponent));
            significand = (2 * _value * scaleUp + divisor) / (2 * divisor);
            BigInteger low = _below * scaleUp;
            BigInteger high = _above * scaleUp;
            if (significand * divisor < low) significand++;
            BigInteger candidate = significand * divisor;
            return _endsBelong ? low <= candidate && candidate <= high : low < candidate && candidate < high;
        }
    }
}

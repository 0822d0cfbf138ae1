using System.Globalization;
using System.Numerics;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>
/// The shortest decimal that reads back as the same float, found in exact integer arithmetic from the bits, so that every
/// machine, framework and culture prints the same text.
/// </summary>
internal static class FloatLiteral
{
    private const int MantissaBits = 23;

    /// <summary>A C# literal such as <c>0.1f</c>, <c>1E-05f</c> or <c>-3f</c>.</summary>
    public static string Format(float value)
    {
        if (float.IsNaN(value)) return "float.NaN";
        if (float.IsInfinity(value)) return value > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";
        int bits = BitConverter.ToInt32(BitConverter.GetBytes(value), 0);
        string sign = bits < 0 ? "-" : "";
        int exponent = (bits >> MantissaBits) & 0xFF;
        int mantissa = bits & ((1 << MantissaBits) - 1);
        if (exponent == 0 && mantissa == 0) return sign + "0f";

        // The value is mantissa · 2^power; it owns the interval half a unit to either side.
        int power = (exponent == 0 ? 1 : exponent) - 127 - MantissaBits;
        if (exponent != 0) mantissa |= 1 << MantissaBits;
        bool isPowerOfTwo = mantissa == 1 << MantissaBits && exponent > 1;
        var interval = new Interval(mantissa, power, isPowerOfTwo);
        for (int digits = 1; ; digits++)
        {
            if (interval.TryRound(digits, out BigInteger significand, out int decimalExponent))
                return sign + Spell(significand.ToString(CultureInfo.InvariantCulture), decimalExponent) + "f";
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

    /// <summary>The reals that round to one float: numerators over the common denominator <c>4 · 2^max(0, −power)</c>.</summary>
    private readonly struct Interval
    {
        private readonly BigInteger _value;
        private readonly BigInteger _below;
        private readonly BigInteger _above;
        private readonly BigInteger _denominator;
        private readonly bool _endsBelong;

        public Interval(int mantissa, int power, bool isPowerOfTwo)
        {
            BigInteger unit = BigInteger.One << Math.Max(0, power);
            _denominator = 4 * (BigInteger.One << Math.Max(0, -power));
            _value = 4 * mantissa * unit;
            _below = _value - (isPowerOfTwo ? 1 : 2) * unit;
            _above = _value + 2 * unit;
            _endsBelong = mantissa % 2 == 0;
        }

        /// <summary>Rounds the value to so many significant digits, and says whether that still reads back as it.</summary>
        public bool TryRound(int digits, out BigInteger significand, out int decimalExponent)
        {
            decimalExponent = (int)Math.Floor(BigInteger.Log10(_value) - BigInteger.Log10(_denominator)) - digits + 1;
            BigInteger scaleUp = decimalExponent < 0 ? BigInteger.Pow(10, -decimalExponent) : BigInteger.One;
            BigInteger scaleDown = decimalExponent > 0 ? BigInteger.Pow(10, decimalExponent) : BigInteger.One;
            BigInteger divisor = _denominator * scaleDown;
            significand = (2 * _value * scaleUp + divisor) / (2 * divisor);
            BigInteger candidate = significand * divisor;
            BigInteger low = _below * scaleUp;
            BigInteger high = _above * scaleUp;
            return _endsBelong ? low <= candidate && candidate <= high : low < candidate && candidate < high;
        }
    }
}

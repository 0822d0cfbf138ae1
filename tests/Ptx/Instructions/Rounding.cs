namespace Transformer.Compiled.Ptx;

/// <summary>Directions of rounding: to nearest even, towards zero, down, up, and to nearest with ties away from zero.</summary>
internal enum Direction
{
    Nearest,
    Zero,
    Down,
    Up,
    NearestAway,
}

/// <summary>Rounding to narrower types.</summary>
internal static class Rounding
{
    public static Direction Parse(string modifier) => modifier switch
    {
        "rn" or "rni" => Direction.Nearest,
        "rz" or "rzi" => Direction.Zero,
        "rm" or "rmi" => Direction.Down,
        "rp" or "rpi" => Direction.Up,
        _ => Direction.NearestAway,
    };

    public static float ToSingle(double value, Direction direction)
    {
        float nearest = (float)value;
        return Step(direction, ((double)nearest).CompareTo(value), value < 0) switch
        {
            > 0 => MathF.BitIncrement(nearest),
            < 0 => MathF.BitDecrement(nearest),
            _ => nearest,
        };
    }

    public static float ToSingle(Int128 value, Direction direction)
    {
        // 24 bits and a sticky one go through a double without another rounding.
        int excess = Math.Max(0, 128 - (int)Int128.LeadingZeroCount(Int128.Abs(value)) - 50);
        Int128 kept = Int128.Abs(value) >> excess;
        if (kept << excess != Int128.Abs(value)) kept |= 1;
        double exact = Math.ScaleB((double)(long)kept, excess);
        return ToSingle(value < 0 ? -exact : exact, direction);
    }

    public static double ToDouble(Int128 value, Direction direction)
    {
        double nearest = value < 0 ? -(double)(ulong)-value : (double)(ulong)value;
        int comparison = ((Int128)nearest).CompareTo(value);
        return Step(direction, comparison, value < 0) switch
        {
            > 0 => Math.BitIncrement(nearest),
            < 0 => Math.BitDecrement(nearest),
            _ => nearest,
        };
    }

    public static ushort ToHalf(double value, Direction direction)
    {
        var nearest = (Half)value;
        nearest = Step(direction, ((double)nearest).CompareTo(value), value < 0) switch
        {
            > 0 => Half.BitIncrement(nearest),
            < 0 => Half.BitDecrement(nearest),
            _ => nearest,
        };
        return Half.IsNaN(nearest) ? (ushort)0x7FFF : BitConverter.HalfToUInt16Bits(nearest);
    }

    /// <summary>To bfloat16, to nearest even or towards zero. NaN is 0x7FFF.</summary>
    public static ushort ToBFloat16(float value, Direction direction)
    {
        if (float.IsNaN(value)) return 0x7FFF;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (direction == Direction.Nearest) bits += 0x7FFF + (bits >> 16 & 1);
        return (ushort)(bits >> 16);
    }

    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>To TensorFloat-32, to nearest with ties away from zero; the lower 13 bits are zero.</summary>
    public static uint ToTensorFloat32(float value)
    {
        if (float.IsNaN(value)) return 0x7FFFFFFF;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsInfinity(value) ? bits : (bits + 0x1000) & ~0x1FFFu;
    }

    /// <summary>To an integral number.</summary>
    public static double ToIntegral(double value, Direction direction) => direction switch
    {
        Direction.Nearest => Math.Round(value, MidpointRounding.ToEven),
        Direction.Zero => Math.Truncate(value),
        Direction.Down => Math.Floor(value),
        _ => Math.Ceiling(value),
    };

    /// <summary>Which way to go from the nearest number, given how that compares with the exact one.</summary>
    private static int Step(Direction direction, int comparison, bool isNegative) => direction switch
    {
        Direction.Zero when comparison > 0 && !isNegative => -1,
        Direction.Zero when comparison < 0 && isNegative => 1,
        Direction.Down when comparison > 0 => -1,
        Direction.Up when comparison < 0 => 1,
        _ => 0,
    };
}

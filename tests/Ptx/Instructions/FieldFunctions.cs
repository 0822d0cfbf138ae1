using System.Numerics;

namespace Transformer.Compiled.Ptx;

/// <summary>The upper word of {b, a} shifted left; 31 is the most that counts.</summary>
internal readonly struct FunnelLeftWrap : IFunction<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)((((ulong)b << 32) | a) << (int)(c & 31) >> 32);
}

/// <summary>The upper word of {b, a} shifted left by at most 32.</summary>
internal readonly struct FunnelLeftClamp : IFunction<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)((((ulong)b << 32) | a) << (int)Math.Min(c, 32) >> 32);
}

/// <summary>The lower word of {b, a} shifted right.</summary>
internal readonly struct FunnelRightWrap : IFunction<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)((((ulong)b << 32) | a) >> (int)(c & 31));
}

/// <summary>The lower word of {b, a} shifted right by at most 32.</summary>
internal readonly struct FunnelRightClamp : IFunction<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c) => (uint)((((ulong)b << 32) | a) >> (int)Math.Min(c, 32));
}

/// <summary><c>bfe</c>: position and length are the lower eight bits of their operands; what lies beyond the number is zeros or signs.</summary>
internal readonly struct ExtractUnsigned32 : IFunction<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint position, uint length) => (uint)ExtractUnsigned64.Invoke(a, position, length);
}

internal readonly struct ExtractSigned32 : IFunction<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint position, uint length)
    {
        length &= 255;
        if (length == 0) return 0;
        // The sign is that of the field's last bit, or of the number if the field goes beyond it.
        long value = (int)a;
        int last = (int)Math.Min((position & 255) + length - 1, 31);
        uint field = (uint)ExtractUnsigned64.Invoke(a, position, length);
        if ((value >> last & 1) == 0) return field;
        int kept = Math.Max(0, last - (int)(position & 255) + 1);
        return kept >= 32 ? field : field | uint.MaxValue << kept;
    }
}

internal readonly struct ExtractUnsigned64 : IFunction<ulong, uint, uint, ulong>
{
    public static ulong Invoke(ulong a, uint position, uint length)
    {
        position &= 255;
        length &= 255;
        ulong shifted = position >= 64 ? 0 : a >> (int)position;
        return length >= 64 ? shifted : shifted & ((1UL << (int)length) - 1);
    }
}

internal readonly struct ExtractSigned64 : IFunction<ulong, uint, uint, ulong>
{
    public static ulong Invoke(ulong a, uint position, uint length)
    {
        length &= 255;
        if (length == 0) return 0;
        int last = (int)Math.Min((position & 255) + length - 1, 63);
        ulong field = ExtractUnsigned64.Invoke(a, position, length);
        if ((a >> last & 1) == 0) return field;
        int kept = Math.Max(0, last - (int)(position & 255) + 1);
        return kept >= 64 ? field : field | ulong.MaxValue << kept;
    }
}

/// <summary><c>bfi</c>: the lower bits of a, put into b.</summary>
internal sealed unsafe class BitFieldInsert<T>(int result, int a, int b, int position, int length) : Operation
    where T : unmanaged, IBinaryInteger<T>
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* file = warp.Registers;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            int from = (int)(Lane.Get<uint>(file + position, lane) & 255), count = (int)(Lane.Get<uint>(file + length, lane) & 255);
            var into = Lane.Get<T>(file + b, lane);
            int width = sizeof(T) * 8;
            if (count > 0 && from < width)
            {
                var ones = count >= width ? ~T.Zero : (T.One << count) - T.One;
                into = (into & ~(ones << from)) | ((Lane.Get<T>(file + a, lane) & ones) << from);
            }

            Lane.Set(file + result, lane, into);
        }
    }
}

/// <summary><c>prmt</c>: four nibbles choose bytes of {b, a}; the highest bit of a nibble repeats the byte's sign instead.</summary>
internal readonly struct BytePermutation : IFunction<uint, uint, uint, uint>
{
    public static uint Invoke(uint a, uint b, uint c)
    {
        ulong bytes = ((ulong)b << 32) | a;
        uint result = 0;
        for (int index = 0; index < 4; index++)
        {
            uint selector = c >> (index * 4) & 15;
            uint chosen = (uint)(bytes >> (int)((selector & 7) * 8)) & 255;
            if ((selector & 8) != 0) chosen = (chosen & 128) != 0 ? 255u : 0;
            result |= chosen << (index * 8);
        }

        return result;
    }
}

/// <summary><c>lop3</c>: a function of three bits, given by its eight values.</summary>
internal sealed unsafe class LookUpTable(int result, int a, int b, int c, int table) : Operation
{
    public override void Execute(Warp warp, uint mask)
    {
        byte* file = warp.Registers;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = int.TrailingZeroCount((int)mask);
            uint x = Lane.Get<uint>(file + a, lane), y = Lane.Get<uint>(file + b, lane), z = Lane.Get<uint>(file + c, lane), value = 0;
            for (int index = 0; index < 8; index++)
            {
                if ((table >> index & 1) == 0) continue;
                value |= ((index & 4) != 0 ? x : ~x) & ((index & 2) != 0 ? y : ~y) & ((index & 1) != 0 ? z : ~z);
            }

            Lane.Set(file + result, lane, value);
        }
    }
}

/// <summary>Logic of predicates: one word for the whole warp.</summary>
internal sealed unsafe class PredicateLogic<TFunction>(int result, (int Offset, bool IsNegated) a, (int Offset, bool IsNegated) b) : Operation
    where TFunction : IFunction<uint, uint, uint>
{
    public override void Execute(Warp warp, uint mask) => Predicates.Set(warp, result, mask, TFunction.Invoke(Predicates.Get(warp, a), Predicates.Get(warp, b)));
}

internal sealed unsafe class PredicateNot(int result, (int Offset, bool IsNegated) a) : Operation
{
    public override void Execute(Warp warp, uint mask) => Predicates.Set(warp, result, mask, ~Predicates.Get(warp, a));
}

internal static unsafe class Predicates
{
    public static uint Get(Warp warp, (int Offset, bool IsNegated) predicate)
    {
        uint value = *(uint*)(warp.Registers + predicate.Offset);
        return predicate.IsNegated ? ~value : value;
    }

    public static void Set(Warp warp, int offset, uint mask, uint value)
    {
        uint* word = (uint*)(warp.Registers + offset);
        *word = (*word & ~mask) | (value & mask);
    }
}

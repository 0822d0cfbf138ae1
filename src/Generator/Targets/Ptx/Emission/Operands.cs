using System.Globalization;

namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>What an instruction reads: a register, or a literal.</summary>
internal interface IOperand
{
    string Text { get; }

    /// <summary>The register that is read; null for a literal.</summary>
    Register? Register { get; }
}

/// <summary>A truth value.</summary>
internal readonly record struct Predicate(Register Source) : IOperand
{
    public string Text => Source.Name;

    public Register? Register => Source;
}

/// <summary>An unsigned 32-bit integer: an index, a count or random bits. Arithmetic on literals is done when the text is made.</summary>
internal readonly record struct U32 : IOperand
{
    private U32(Register? register, uint literal)
    {
        Register = register;
        Literal = literal;
    }

    public Register? Register { get; }

    /// <summary>The value where there is no register.</summary>
    public uint Literal { get; }

    public string Text => Register is { } register ? register.Name : Literal.ToString(CultureInfo.InvariantCulture);

    public static U32 In(Register register) => new(register, 0);

    public bool Is(uint value) => Register is null && Literal == value;

    public static implicit operator U32(uint value) => new(null, value);

    public static implicit operator U32(int value) => value >= 0 ? new(null, (uint)value) : throw new ArgumentOutOfRangeException(nameof(value), value, "A literal of an unsigned word is not negative.");
}

/// <summary>An unsigned 64-bit integer.</summary>
internal readonly record struct U64 : IOperand
{
    private readonly ulong _literal;

    private U64(Register? register, ulong literal)
    {
        Register = register;
        _literal = literal;
    }

    public Register? Register { get; }

    public string Text => Register is { } register ? register.Name : _literal.ToString(CultureInfo.InvariantCulture) + (_literal > long.MaxValue ? "U" : "");

    public static U64 In(Register register) => new(register, 0);

    public static implicit operator U64(ulong value) => new(null, value);
}

/// <summary>A single-precision number. Literals are written from their bits.</summary>
internal readonly record struct F32 : IOperand
{
    private readonly float _literal;

    private F32(Register? register, float literal)
    {
        Register = register;
        _literal = literal;
    }

    public Register? Register { get; }

    public string Text => Register is { } register ? register.Name : "0f" + Bits(_literal).ToString("X8", CultureInfo.InvariantCulture);

    public static F32 In(Register register) => new(register, 0);

    public static implicit operator F32(float value) => new(null, value);

    private static uint Bits(float value) => BitConverter.ToUInt32(BitConverter.GetBytes(value), 0);
}

/// <summary>An address in global memory: a register and a number of bytes behind it.</summary>
internal readonly record struct GlobalAddress(Register Base, int Offset = 0) : IOperand
{
    public string Text => AddressText.Of(Base.Name, Offset);

    public Register? Register => Base;

    /// <summary>As many 4-byte elements further on.</summary>
    public GlobalAddress Plus(int elements) => this with { Offset = checked(Offset + 4 * elements) };
}

/// <summary>An address in the block's shared memory: an array or a register, and a number of bytes behind it.</summary>
internal readonly record struct SharedAddress(string? Array, Register? Register, int Offset = 0) : IOperand
{
    public string Text => AddressText.Of(Register is { } register ? register.Name : Array!, Offset);

    /// <summary>As many 4-byte elements further on.</summary>
    public SharedAddress Plus(int elements) => this with { Offset = checked(Offset + 4 * elements) };
}

internal static class AddressText
{
    public static string Of(string start, int offset) => offset switch
    {
        0 => $"[{start}]",
        > 0 => $"[{start}+{InvariantNumber.Text(offset)}]",
        _ => $"[{start}{InvariantNumber.Text(offset)}]",
    };
}

internal static class InvariantNumber
{
    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

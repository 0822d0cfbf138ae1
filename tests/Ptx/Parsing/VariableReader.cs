using System.Buffers.Binary;

namespace Transformer.Compiled.Ptx;

/// <summary><c>.shared .align 16 .b8 name[1024];</c> and the like.</summary>
internal static class VariableReader
{
    public static PtxSpace? SpaceOf(string directive) => directive switch
    {
        "global" => PtxSpace.Global,
        "const" => PtxSpace.Const,
        "shared" => PtxSpace.Shared,
        "local" => PtxSpace.Local,
        _ => null,
    };

    /// <summary>Reads a declaration from its space up to its semicolon.</summary>
    public static List<PtxVariable> Read(TokenReader reader, PtxSpace space, bool isExternal)
    {
        reader.Take();
        int alignment = Alignment(reader);
        var type = reader.ExpectType();
        if (type is PtxType.Pred) throw reader.Unexpected("a type that memory can hold");
        var variables = new List<PtxVariable>();
        do
        {
            var name = reader.ExpectName("the name of a variable");
            int? count = Dimensions(reader);
            if (isExternal != (count == 0))
                throw new PtxException(name.Line, isExternal ? $"'{name.Text}' is external; expected '[]' behind it." : $"'{name.Text}' has no elements; expected a size, or '.extern'.");
            int bytes = checked(type.Bytes() * (count ?? 1));
            byte[]? initial = reader.TryTake('=') ? Initial(reader, type, bytes) : null;
            variables.Add(new PtxVariable(space, name.Text, type, alignment == 0 ? type.Bytes() : alignment, bytes, isExternal, initial, name.Line));
        }
        while (reader.TryTake(','));
        reader.Expect(';');
        return variables;
    }

    /// <summary><c>.align 16</c>; 0 if there is none.</summary>
    public static int Alignment(TokenReader reader)
    {
        if (!reader.TryTakeDirective("align")) return 0;
        int line = reader.Current.Line;
        int alignment = reader.ExpectInteger("an alignment in bytes");
        return int.PopCount(alignment) == 1 ? alignment : throw new PtxException(line, $"found the alignment {alignment}, expected a power of two.");
    }

    /// <summary><c>[4][8]</c> → 32, <c>[]</c> → 0; null if there is no bracket.</summary>
    public static int? Dimensions(TokenReader reader)
    {
        int? count = null;
        while (reader.TryTake('['))
        {
            if (reader.TryTake(']')) return 0;
            count = checked((count ?? 1) * reader.ExpectInteger("the number of elements"));
            reader.Expect(']');
        }

        return count;
    }

    private static byte[] Initial(TokenReader reader, PtxType type, int bytes)
    {
        byte[] initial = new byte[bytes];
        if (!reader.TryTake('{'))
        {
            Store(reader, type, initial, 0);
            return initial;
        }

        int offset = 0;
        do
        {
            if (offset == bytes) throw reader.Unexpected($"at most {bytes / type.Bytes()} values");
            Store(reader, type, initial, offset);
            offset += type.Bytes();
        }
        while (reader.TryTake(','));
        reader.Expect('}');
        return initial;
    }

    private static void Store(TokenReader reader, PtxType type, byte[] initial, int offset)
    {
        bool isNegative = reader.TryTake('-');
        var number = reader.Take();
        ulong bits = number.Kind switch
        {
            PtxTokenKind.Integer when type.Kind() != PtxTypeKind.Float => isNegative ? unchecked(0 - number.Bits) : number.Bits,
            PtxTokenKind.Float32 when type is PtxType.F32 && !isNegative => number.Bits,
            PtxTokenKind.Float64 when type is PtxType.F64 && !isNegative => number.Bits,
            _ => throw new PtxException(number.Line, $"found {number}, expected a value of type {type.Text()}."),
        };
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, bits);
        value[..type.Bytes()].CopyTo(initial.AsSpan(offset));
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// Walks over the fields of one Protocol Buffers message (the encoding as its documentation defines it). Whatever reaches
/// beyond the message, and every field that is read as what it is not, is refused with its place in the file.
/// </summary>
/// <param name="file">The file's path, for errors.</param>
/// <param name="bytes">The whole file.</param>
/// <param name="start">Where the message begins.</param>
/// <param name="end">Where it ends.</param>
internal ref struct ProtobufReader(string file, ReadOnlySpan<byte> bytes, int start, int end)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position = start;
    private int _fieldStart = start;
    private WireType _type;
    private ulong _number;
    private Range _content;

    private enum WireType
    {
        Variable = 0,
        Fixed64 = 1,
        Delimited = 2,
        Fixed32 = 5,
    }

    /// <summary>The number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (_position == end) return false;
        _fieldStart = _position;
        ulong key = ReadVariable();
        Field = key >> 3 is > 0 and < 1 << 29 ? (int)(key >> 3) : throw Error($"a field numbered {key >> 3}");
        _type = (WireType)(key & 7);
        switch (_type)
        {
            case WireType.Variable:
                _number = ReadVariable();
                break;
            case WireType.Fixed64:
                Skip(8);
                break;
            case WireType.Fixed32:
                Skip(4);
                break;
            case WireType.Delimited:
                Skip(ReadVariable());
                break;
            default:
                throw Error($"a field of wire type {key & 7}");
        }

        return true;
    }

    /// <summary>The message that the field is.</summary>
    public readonly ProtobufReader Message()
    {
        Require(WireType.Delimited);
        return new ProtobufReader(file, _bytes, _content.Start.Value, _content.End.Value);
    }

    public readonly ReadOnlySpan<byte> Bytes()
    {
        Require(WireType.Delimited);
        return _bytes[_content];
    }

    public readonly string Text()
    {
        try
        {
            return StrictUtf8.GetString(Bytes());
        }
        catch (DecoderFallbackException exception)
        {
            throw new TokenizerFormatException($"{Place} is a text that is not UTF-8.", exception);
        }
    }

    public readonly bool Flag() => Integer() != 0;

    /// <remarks>Negative numbers are written in 64 bits.</remarks>
    public readonly int Integer()
    {
        Require(WireType.Variable);
        return (long)_number is >= int.MinValue and <= int.MaxValue ? (int)_number : throw Error($"the number {_number}");
    }

    public readonly float Single()
    {
        Require(WireType.Fixed32);
        float value = BinaryPrimitives.ReadSingleLittleEndian(_bytes[_content]);
        return float.IsFinite(value) ? value : throw Error("a number that is not finite");
    }

    /// <summary>Where the field stands.</summary>
    public readonly string Place => $"{file}: field {Field} at byte {_fieldStart}";

    public readonly TokenizerFormatException Error(string found) => new($"{Place} is {found}.");

    private readonly void Require(WireType type)
    {
        if (_type != type) throw Error($"of wire type {_type}, where {type} is expected");
    }

    private void Skip(ulong length)
    {
        if (length > (ulong)(end - _position)) throw Error($"of {length} bytes, of which {end - _position} are there");
        _content = _position..(_position + (int)length);
        _position = _content.End.Value;
    }

    private ulong ReadVariable()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_position == end) throw Error("cut off");
            byte part = _bytes[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw Error("a number of more than 64 bits");
    }
}

using System.Buffers.Binary;
using System.Text;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Tokenization;

namespace Runtime.Tests.Tokenization;

/// <summary>Writes small SentencePiece models.</summary>
internal static class SentencePieceFiles
{
    public const int Normal = 1;
    public const int Unknown = 2;
    public const int Control = 3;
    public const int UserDefined = 4;
    public const int Byte = 6;

    public static byte[] Field(int number, byte[] content) => [(byte)((number << 3) | 2), .. Variable(content.Length), .. content];

    public static byte[] Field(int number, int value) => [.. Variable(number << 3), .. Variable(value)];

    public static byte[] Piece(string content, float score, int kind)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, score);
        return Field(1, [.. Field(1, Encoding.UTF8.GetBytes(content)), (2 << 3) | 5, .. bytes, .. Field(3, kind)]);
    }

    public static byte[] Model(int type, params (string Content, float Score, int Kind)[] pieces) =>
        [.. pieces.SelectMany(piece => Piece(piece.Content, piece.Score, piece.Kind)), .. Field(2, Field(3, type))];

    /// <summary>A model that has every kind of piece.</summary>
    public static byte[] Small(int type) => Model(
        type, ("<unk>", 0, Unknown), ("</s>", 0, Control), ("<x>", 0, UserDefined), ("▁", -2, Normal), ("a", -3, Normal), ("b", -3.5f, Normal),
        ("ab", -1, Normal), ("▁ab", -0.5f, Normal), ("cd", -4, Normal), ("bcd", -5, Normal), ("我", -6, Normal));

    public static PipelineTokenizer Load(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("some.model"), bytes);
        return (PipelineTokenizer)Tokenizer.Load(folder.File("some.model"));
    }

    private static byte[] Variable(int value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}

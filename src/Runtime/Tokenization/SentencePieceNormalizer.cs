using System.Buffers;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>What SentencePiece's normaliser does besides mapping characters; by the names of its files.</summary>
[Flags]
internal enum SentencePieceSteps
{
    None = 0,
    AddDummyPrefix = 1,
    RemoveExtraWhitespaces = 2,
    EscapeWhitespaces = 4,
}

/// <summary>SentencePiece's normaliser (Kudo and Richardson 2018, section 3.4). User-defined pieces are left as they are.</summary>
internal sealed record SentencePieceNormalizer(CharacterMap? Map, SentencePieceSteps Steps, PieceTrie UserDefined) : Normalizer
{
    public override string Apply(string text)
    {
        bool removesSpaces = Steps.HasFlag(SentencePieceSteps.RemoveExtraWhitespaces);
        ReadOnlySpan<byte> space = Steps.HasFlag(SentencePieceSteps.EscapeWhitespaces) ? "\u2581"u8 : " "u8;
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        ReadOnlySpan<byte> rest = utf8;
        ReadOnlySpan<char> characters = Encoding.UTF8.GetString(utf8);
        var normalized = new ArrayBufferWriter<byte>(utf8.Length + space.Length + 1);
        bool isEmpty = true;
        bool followsSpace = removesSpaces;
        while (!rest.IsEmpty)
        {
            int length = First(rest, characters, out ReadOnlySpan<byte> chunk);
            characters = characters[Encoding.UTF8.GetCharCount(rest[..length])..];
            rest = rest[length..];
            if (isEmpty && removesSpaces && chunk.SequenceEqual(" "u8)) continue;
            if (isEmpty && Steps.HasFlag(SentencePieceSteps.AddDummyPrefix)) normalized.Write(space);
            isEmpty = false;
            if (followsSpace) chunk = chunk.TrimStart((byte)' ');
            Write(chunk, space, normalized);
            if (!chunk.IsEmpty) followsSpace = removesSpaces && chunk[^1] == ' ';
        }

        ReadOnlySpan<byte> written = normalized.WrittenSpan;
        while (removesSpaces && written.EndsWith(space)) written = written[..^space.Length];
        return Encoding.UTF8.GetString(written);
    }

    /// <summary>What the text begins with: a user-defined piece, a sequence that is mapped, or a character.</summary>
    private int First(ReadOnlySpan<byte> text, ReadOnlySpan<char> characters, out ReadOnlySpan<byte> chunk)
    {
        int userDefined = UserDefined.Longest(characters, out _);
        int length = userDefined > 0 ? Encoding.UTF8.GetByteCount(characters[..userDefined]) : 0;
        if (length == 0 && Map != null)
        {
            int mapped = Map.Longest(text, out chunk);
            if (mapped > 0) return mapped;
        }

        if (length == 0) Rune.DecodeFromUtf8(text, out _, out length);
        chunk = text[..length];
        return length;
    }

    private static void Write(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> space, ArrayBufferWriter<byte> normalized)
    {
        while (!chunk.IsEmpty)
        {
            int length = chunk.IndexOf((byte)' ');
            normalized.Write(length < 0 ? chunk : chunk[..length]);
            if (length < 0) return;
            normalized.Write(space);
            chunk = chunk[(length + 1)..];
        }
    }
}

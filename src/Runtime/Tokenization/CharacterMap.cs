using System.Buffers.Binary;
using System.Text.Unicode;

namespace Transformer.Compiled.Tokenization;

/// <summary>
/// SentencePiece's precompiled map of characters (Kudo and Richardson 2018, section 3.4): a trie of UTF-8 sequences as a double
/// array in the form of Darts-clone, then the texts that replace them, each with a zero after it.
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <param name="bytes">The length of the trie in bytes, the trie, and the replacements.</param>
    /// <param name="place">Where they stand, for errors.</param>
    public CharacterMap(ReadOnlySpan<byte> bytes, string place)
    {
        const int Header = 4;
        const int BlockBytes = 1024;
        uint length = bytes.Length < Header ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length == 0 || length % BlockBytes != 0 || length > bytes.Length - Header)
            throw new TokenizerFormatException($"{place} is a character map of {bytes.Length} bytes with a trie of {length}");
        _units = new uint[length / sizeof(uint)];
        for (int i = 0; i < _units.Length; i++) _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Header + i * sizeof(uint))..]);
        _replacements = bytes[(Header + (int)length)..].ToArray();
        bool isText = _replacements.Length > 0 && _replacements[^1] == 0 && Utf8.IsValid(_replacements);
        if (!isText) throw new TokenizerFormatException($"{place} is a character map whose replacements are cut off or not UTF-8");
        for (int i = 0; i < _units.Length; i++)
        {
            if (!IsValid(i)) throw new TokenizerFormatException($"{place} is a character map whose unit {i} leads beyond it");
        }
    }

    /// <summary>The longest sequence that the text begins with and that is replaced; 0 when there is none.</summary>
    public int Longest(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        int longest = 0;
        int value = 0;
        uint node = Offset(_units[0]);
        for (int i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            uint unit = _units[node];
            if (Label(unit) != text[i]) break;
            node ^= Offset(unit);
            bool isWithinCharacter = i + 1 < text.Length && IsContinuation(text[i + 1]);
            if (!HasValue(unit) || isWithinCharacter) continue;
            longest = i + 1;
            value = Value(_units[node]);
        }

        ReadOnlySpan<byte> rest = _replacements.AsSpan(value);
        replacement = rest[..rest.IndexOf((byte)0)];
        return longest;
    }

    /// <summary>
    /// Whether all that a unit leads to is inside. The children of a node differ from its base in the lowest eight bits, so that
    /// they are in its block of 256 units.
    /// </summary>
    private bool IsValid(int index)
    {
        uint unit = _units[index];
        if (IsLeaf(unit)) return true;
        uint child = (uint)index ^ Offset(unit);
        if (child >= _units.Length) return false;
        if (!HasValue(unit)) return true;
        int value = Value(_units[child]);
        return value < _replacements.Length && !IsContinuation(_replacements[value]);
    }

    private static bool IsContinuation(byte utf8) => (utf8 & 0xC0) == 0x80;

    private static bool IsLeaf(uint unit) => unit >> 31 != 0;

    private static bool HasValue(uint unit) => ((unit >> 8) & 1) != 0;

    private static int Value(uint unit) => (int)(unit & 0x7FFFFFFF);

    private static uint Label(uint unit) => unit & 0x800000FF;

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);
}

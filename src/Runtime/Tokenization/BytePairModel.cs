using System.Buffers;
using System.Globalization;
using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Byte-pair encoding (Sennrich et al. 2016): a word's characters become tokens, which merge as the table says.</summary>
internal sealed class BytePairModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly Dictionary<Rune, int> _characters = [];
    private readonly int[]? _bytes;

    public BytePairModel(Dictionary<string, int> vocabulary, MergeTable merges, BytePairOptions options)
    {
        Vocabulary = vocabulary;
        Merges = merges;
        Options = options;
        _words = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach ((string content, int token) in vocabulary)
        {
            bool isCharacter = Rune.DecodeFromUtf16(content, out Rune character, out int length) == OperationStatus.Done && length == content.Length;
            if (isCharacter) _characters[character] = token;
        }

        if (options.ByteFallback) _bytes = ByteTokens(vocabulary);
    }

    public Dictionary<string, int> Vocabulary { get; }

    public MergeTable Merges { get; }

    public BytePairOptions Options { get; }

    /// <summary>The byte that a token such as <c>&lt;0x0A&gt;</c> stands for.</summary>
    public static bool IsByte(string content, out byte value)
    {
        value = 0;
        return content is ['<', '0', 'x', _, _, '>']
            && byte.TryParse(content.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, null, out value);
    }

    /// <summary>Appends the tokens of a word.</summary>
    public void Encode(ReadOnlySpan<char> word, MergeChain chain, List<int> tokens)
    {
        if (Options.IgnoreMerges && _words.TryGetValue(word, out int whole))
        {
            tokens.Add(whole);
            return;
        }

        bool followsUnknown = false;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune character in word.EnumerateRunes())
        {
            bool isUnknown = false;
            if (_characters.TryGetValue(character, out int token))
            {
                chain.Append(token);
            }
            else if (_bytes != null)
            {
                foreach (byte value in utf8[..character.EncodeToUtf8(utf8)]) chain.Append(_bytes[value]);
            }
            else
            {
                isUnknown = true;
                if (!(followsUnknown && Options.FuseUnknown)) chain.Append(Unknown(character));
            }

            followsUnknown = isUnknown;
        }

        chain.Complete(tokens);
    }

    private int Unknown(Rune character) => Options.Unknown
        ?? throw new ArgumentException($"Character '{character}' (U+{character.Value:X4}) is not in the vocabulary, which has no token for the unknown.", "text");

    /// <summary>The tokens of all bytes, or null when one is missing: then no character falls back to bytes.</summary>
    private static int[]? ByteTokens(Dictionary<string, int> vocabulary)
    {
        var tokens = new int[256];
        for (int value = 0; value < tokens.Length; value++)
        {
            if (!vocabulary.TryGetValue($"<0x{value:X2}>", out tokens[value])) return null;
        }

        return tokens;
    }
}

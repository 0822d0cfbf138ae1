using System.Text;
using System.Text.Json;

namespace Transformer.Compiled.Tokenization;

/// <summary>One token for each Unicode character of an alphabet, in the order of code points.</summary>
public sealed class CharacterTokenizer : ITokenizer
{
    internal const string AlphabetProperty = "alphabet";

    private readonly Dictionary<Rune, int> _tokens = [];
    private readonly TokenBytes _bytes;

    private CharacterTokenizer(string alphabet)
    {
        Alphabet = alphabet;
        var bytes = new List<byte[]>();
        foreach (Rune character in alphabet.EnumerateRunes())
        {
            _tokens.Add(character, bytes.Count);
            bytes.Add(Encoding.UTF8.GetBytes(character.ToString()));
        }

        _bytes = new TokenBytes(bytes);
    }

    /// <summary>The characters, token by token.</summary>
    public string Alphabet { get; }

    /// <inheritdoc/>
    public int VocabularySize => _bytes.Count;

    /// <inheritdoc/>
    public int LeadingSpaces => 0;

    /// <summary>The tokenizer of the characters that occur in a text.</summary>
    public static CharacterTokenizer FromText(ReadOnlySpan<char> text)
    {
        var characters = new SortedSet<Rune>();
        foreach (Rune character in text.EnumerateRunes()) characters.Add(character);
        var alphabet = new StringBuilder();
        foreach (Rune character in characters) alphabet.Append(character.ToString());
        return new CharacterTokenizer(alphabet.ToString());
    }

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    /// <exception cref="TokenizerFormatException">The file is not a character tokenizer.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CharacterTokenizer Load(string path)
    {
        using JsonFile file = JsonFile.Open(path);
        return Read(file);
    }

    internal static CharacterTokenizer Read(JsonFile file)
    {
        JsonPlace place = file.Root.Required(AlphabetProperty);
        string alphabet = place.String();
        CharacterTokenizer tokenizer = FromText(alphabet);
        return tokenizer.Alphabet == alphabet
            ? tokenizer
            : throw place.Unsupported("characters that repeat or are out of order", "each character once, in the order of code points");
    }

    /// <summary>Writes the alphabet as JSON.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using FileStream file = File.Create(path);
        using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        writer.WriteStartObject();
        writer.WriteString(AlphabetProperty, Alphabet);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<char> text)
    {
        var tokens = new int[text.Length];
        return tokens[..Encode(text, tokens)];
    }

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<char> text, Span<int> tokens)
    {
        int count = 0;
        int index = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            if (!_tokens.TryGetValue(character, out int token))
            {
                throw new ArgumentException(
                    $"Character '{character}' (U+{character.Value:X4}) at index {index} is not in the alphabet of {VocabularySize} characters.", nameof(text));
            }

            if (count < tokens.Length) tokens[count] = token;
            count++;
            index += character.Utf16SequenceLength;
        }

        if (count > tokens.Length)
            throw new ArgumentException($"The text has {count} tokens; the destination has room for {tokens.Length}.", nameof(tokens));
        return count;
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> tokens) => _bytes.Decode(tokens, LeadingSpaces);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> BytesOf(int token) => _bytes[token];
}

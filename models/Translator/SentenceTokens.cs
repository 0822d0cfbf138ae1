using Transformer.Compiled.Tokenization;

namespace Transformer.Compiled.Models.Translation;

/// <summary>
/// The characters of one language as tokens, those of the training sentences in the order of code points. Token 0 fills up what is shorter than
/// its place.
/// </summary>
internal sealed class SentenceTokens
{
    /// <summary>Before every translation.</summary>
    public const int Start = 1;

    /// <summary>After every translation.</summary>
    public const int End = 2;

    private const int Unknown = 3;
    private const int Specials = 4;

    private readonly string _alphabet;
    private readonly Vocabulary _vocabulary;

    private SentenceTokens(string alphabet)
    {
        _alphabet = alphabet;
        _vocabulary = new Vocabulary(Specials, alphabet.EnumerateRunes().Select(character => character.ToString()));
    }

    /// <summary>All tokens, special ones included.</summary>
    public int Count => _vocabulary.Count;

    /// <summary>The tokens of what occurs in sentences: of their most frequent characters (of equally frequent ones, those first in Unicode).</summary>
    /// <param name="sentences">What is trained on.</param>
    /// <param name="size">The most tokens there may be.</param>
    public static SentenceTokens Of(IEnumerable<string> sentences, int size) =>
        new(string.Concat(Characters.MostFrequent(sentences, size - Specials).Order()));

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    /// <exception cref="TokenizerFormatException">The file is no alphabet.</exception>
    public static SentenceTokens Load(string path) => new(CharacterTokenizer.Load(path).Alphabet);

    public void Save(string path) => CharacterTokenizer.FromText(_alphabet).Save(path);

    /// <summary>The tokens of a sentence's characters, without those before and after it.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="length">The most tokens; what comes after them is cut off.</param>
    public int[] Encode(string sentence, int length) =>
        [.. sentence.EnumerateRunes().Take(length).Select(character => _vocabulary.Find(character.ToString()) ?? Unknown)];

    /// <summary>The text of tokens; nothing for special ones.</summary>
    public string Decode(ReadOnlySpan<int> tokens) => _vocabulary.Decode(tokens);
}

namespace Transformer.Compiled.Metrics;

/// <summary>
/// Counts the n-grams that a candidate shares with references, each at most as often as the reference that has it most often (the clipped
/// counts of Papineni et al. 2002, section 2.1).
/// </summary>
/// <remarks>Words and n-grams are numbers: an n-gram is the pair of the (n − 1)-gram before its last word and that word, as in a trie.</remarks>
internal sealed class NGramMatcher
{
    private const int Root = -1;

    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _wordsBySpan;
    private readonly Dictionary<(int Prefix, int Word), int> _grams = [];
    private readonly Dictionary<int, int> _counts = [];
    private readonly Dictionary<int, int> _limits = [];

    public NGramMatcher() => _wordsBySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Forgets all words and n-grams; numbers from before are void.</summary>
    public void Clear()
    {
        _words.Clear();
        _grams.Clear();
    }

    /// <summary>The number of a word.</summary>
    public int Word(ReadOnlySpan<char> word)
    {
        if (_wordsBySpan.TryGetValue(word, out int number)) return number;
        number = _words.Count;
        _words.Add(word.ToString(), number);
        return number;
    }

    /// <summary>The 0-grams of a text, which <see cref="Extend"/> makes 1-grams.</summary>
    public static int[] Empty(int words)
    {
        int[] grams = new int[words];
        Array.Fill(grams, Root);
        return grams;
    }

    /// <summary>Turns the (order − 1)-grams of a text into its n-grams, and returns those: one for each start that has room.</summary>
    public ReadOnlySpan<int> Extend(int[] grams, ReadOnlySpan<int> words, int order)
    {
        int count = Math.Max(0, words.Length - order + 1);
        for (int start = 0; start < count; start++)
        {
            (int, int) key = (grams[start], words[start + order - 1]);
            if (!_grams.TryGetValue(key, out grams[start])) _grams.Add(key, grams[start] = _grams.Count);
        }
        return grams.AsSpan(0, count);
    }

    /// <summary>Makes room for the matches of a reference.</summary>
    public void AddReference(ReadOnlySpan<int> grams)
    {
        _counts.Clear();
        foreach (int gram in grams)
        {
            int count = _counts.GetValueOrDefault(gram) + 1;
            _counts[gram] = count;
            if (count > _limits.GetValueOrDefault(gram)) _limits[gram] = count;
        }
    }

    /// <summary>The clipped matches of a candidate with the references that were added, which are then forgotten.</summary>
    public int Match(ReadOnlySpan<int> grams)
    {
        int matches = 0;
        foreach (int gram in grams)
        {
            int left = _limits.GetValueOrDefault(gram);
            if (left == 0) continue;
            _limits[gram] = left - 1;
            matches++;
        }
        _limits.Clear();
        return matches;
    }
}

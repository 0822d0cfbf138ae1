namespace Transformer.Compiled.Tokenization;

/// <summary>One token for each word of the vocabulary, and one for all others.</summary>
internal sealed class WordLevelModel(Dictionary<string, int> vocabulary, int unknown) : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _words = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();

    public override void Append(ReadOnlySpan<char> word, List<int> tokens) => tokens.Add(_words.TryGetValue(word, out int token) ? token : unknown);
}

using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Reads BERT's <c>vocab.txt</c>.</summary>
internal static class WordPieceFile
{
    public const string Continuation = "##";
    public const int MaximumCharacters = 100;

    /// <summary>English as it is written: these stand without the space that separates words.</summary>
    private static readonly string[] Attached = [" .", " ?", " !", " ,", " n't", " 'm", " 's", " 've", " 're"];

    public static TokenPipeline Read(string path, LetterCase letterCase)
    {
        Dictionary<string, int> vocabulary = ReadVocabulary(path);
        int unknown = Required("[UNK]");
        int begin = Required("[CLS]");
        int separator = Required("[SEP]");
        string[] specials = [.. new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }.Where(vocabulary.ContainsKey)];
        return new TokenPipeline
        {
            AddedTokens = Array.ConvertAll(specials, content => new AddedToken(vocabulary[content], content) { IsSpecial = true }),
            Normalizers = [BertNormalizer.Of(letterCase)],
            Cutter = new WordCutter.Bert(),
            Model = new WordPieceModel(vocabulary, unknown, Continuation, MaximumCharacters),
            Template = TokenTemplate.Bert(begin, separator),
            PaddingToken = vocabulary.TryGetValue("[PAD]", out int padding) ? padding : null,
            Vocabulary = vocabulary,
            Decoded = content => Encoding.UTF8.GetBytes(CleanedUp(Spaced(content, Continuation))),
            LeadingSpaces = 1,
        };

        int Required(string content) => vocabulary.TryGetValue(content, out int token)
            ? token
            : throw new TokenizerFormatException($"{path} has no line '{content}', which a vocabulary of word pieces needs.");
    }

    /// <summary>A piece with the space before it, if it begins a word.</summary>
    public static string Spaced(string content, string continuation) =>
        content.StartsWith(continuation, StringComparison.Ordinal) ? content[continuation.Length..] : $" {content}";

    /// <summary>A piece without a space that English does not write.</summary>
    public static string CleanedUp(string piece)
    {
        foreach (string attached in Attached) piece = piece.Replace(attached, attached[1..], StringComparison.Ordinal);
        return piece;
    }

    private static Dictionary<string, int> ReadVocabulary(string path)
    {
        var vocabulary = new Dictionary<string, int>();
        foreach (string line in File.ReadLines(path))
        {
            int token = vocabulary.Count;
            if (line.Length == 0) throw new TokenizerFormatException($"{path}: line {token + 1} is empty; supported is a piece in each line.");
            if (!vocabulary.TryAdd(line, token))
                throw new TokenizerFormatException($"{path}: line {token + 1} is '{line}', which line {vocabulary[line] + 1} is too; supported is each piece once.");
        }

        return vocabulary;
    }
}

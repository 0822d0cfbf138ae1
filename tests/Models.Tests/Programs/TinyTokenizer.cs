using Transformer.Compiled.Tokenization;

namespace Models.Tests.Programs;

/// <summary>A small uncased vocabulary of word pieces, written to a folder as BERT's are.</summary>
internal static class TinyTokenizer
{
    public static readonly string[] Pieces =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "?", "a", "in", "is", "the", "where", "who", "wrote", "par", "##is", "##ian", "london",
        "tower", "book", "marie", "cur", "##ie", "lives", "works", "good", "bad", "very", "film",
    ];

    public static TemplateTokenizer Write(string folder)
    {
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), Pieces);
        return (TemplateTokenizer)Tokenizer.Load(folder);
    }
}

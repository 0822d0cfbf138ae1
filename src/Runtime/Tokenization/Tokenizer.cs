namespace Transformer.Compiled.Tokenization;

/// <summary>Loads tokenizers.</summary>
public static class Tokenizer
{
    private const string WordPieces = "vocab.txt";

    private static readonly string[] Others = [WordPieces, "tokenizer.model", "spiece.model"];

    private static readonly (string Vocabulary, string Merges)[] Pairs = [("encoder.json", "vocab.bpe"), ("vocab.json", "merges.txt")];

    /// <summary>
    /// Loads a tokenizer by what the file holds: Hugging Face's <c>tokenizer.json</c> with a model of byte pairs, unigrams, word pieces or words, a saved
    /// <see cref="CharacterTokenizer"/>, GPT-2's <c>encoder.json</c> with <c>vocab.bpe</c> beside it (also called
    /// <c>vocab.json</c> and <c>merges.txt</c>), or BERT's <c>vocab.txt</c>, uncased unless the <c>tokenizer_config.json</c> beside
    /// it says <c>"do_lower_case": false</c>, or a <c>.model</c> of SentencePiece.
    /// </summary>
    /// <param name="path">The file, either one of a pair, or the folder that has them.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or one of a pair is missing.</exception>
    /// <exception cref="TokenizerFormatException">The file is damaged or asks for something that is not supported.</exception>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static ITokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) return LoadFolder(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no tokenizer {path}.", path);
        if (LoadPair(path) is { } tokenizer) return tokenizer;
        if (path.EndsWith(WordPieces, StringComparison.Ordinal)) return PipelineTokenizer.LoadWordPiece(path, LetterCaseBeside(path));
        if (path.EndsWith(".model", StringComparison.Ordinal)) return PipelineTokenizer.LoadSentencePiece(path);

        using JsonFile file = JsonFile.Open(path);
        if (!file.Root[CharacterTokenizer.AlphabetProperty].IsNull) return CharacterTokenizer.Read(file);
        JsonPlace model = file.Root["model"];
        if (!model.IsNull) return LoadJson(file, model);
        throw file.Root.Unsupported(file.Root.Found(), "a tokenizer.json with a \"model\", or the \"alphabet\" of a character tokenizer");
    }

    private static ITokenizer LoadJson(JsonFile file, JsonPlace model) => (model["type"].IsNull ? "" : TokenizerJson.TypeOf(model)) switch
    {
        TokenizerJsonPipeline.WordPiece or TokenizerJsonPipeline.WordLevel => new PipelineTokenizer(TokenizerJsonPipeline.Read(file)),
        TokenizerJsonUnigram.Type => new PipelineTokenizer(TokenizerJsonUnigram.Read(file)),
        _ => new BytePairTokenizer(TokenizerJson.Read(file)),
    };

    private static ITokenizer LoadFolder(string folder)
    {
        string file = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(file)) return Load(file);
        foreach ((string vocabulary, _) in Pairs)
        {
            file = Path.Combine(folder, vocabulary);
            if (File.Exists(file)) return Load(file);
        }

        foreach (string other in Others)
        {
            file = Path.Combine(folder, other);
            if (File.Exists(file)) return Load(file);
        }

        throw new FileNotFoundException(
            $"{folder} has neither tokenizer.json nor encoder.json and vocab.bpe nor vocab.json and merges.txt nor {string.Join(" nor ", Others)}.", folder);
    }

    private static LetterCase LetterCaseBeside(string path)
    {
        string config = Path.Combine(Path.GetDirectoryName(path) ?? "", "tokenizer_config.json");
        if (!File.Exists(config)) return LetterCase.Uncased;
        using JsonFile file = JsonFile.Open(config);
        JsonPlace lowers = file.Root["do_lower_case"];
        return lowers.IsNull || lowers.Flag() ? LetterCase.Uncased : LetterCase.Cased;
    }

    private static BytePairTokenizer? LoadPair(string path)
    {
        string name = Path.GetFileName(path);
        string folder = Path.GetDirectoryName(path) ?? "";
        foreach ((string vocabulary, string merges) in Pairs)
        {
            if (name == vocabulary || name == merges) return BytePairTokenizer.Load(Path.Combine(folder, vocabulary), Path.Combine(folder, merges));
        }

        return null;
    }
}

namespace Transformer.Compiled.Tokenization;

/// <summary>GPT-2's own files: <c>encoder.json</c>, an object of contents and tokens, and <c>vocab.bpe</c>, one merge a line.</summary>
internal static class Gpt2Files
{
    public static BytePairPipeline Read(JsonFile vocabularyFile, string mergesPath)
    {
        Dictionary<string, int> vocabulary = VocabularyReader.Read(vocabularyFile.Root);
        var merges = new MergeTable();
        int lineNumber = 0;
        foreach (string line in File.ReadLines(mergesPath))
        {
            lineNumber++;
            bool isHeader = lineNumber == 1 && line.StartsWith("#version", StringComparison.Ordinal);
            if (isHeader || line.Length == 0) continue;
            string place = $"line {lineNumber}";
            TokenizerFormatException Error(string found, string supported) => new($"{mergesPath}: {place} is {found}; supported is {supported}.");
            if (line.Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right]) throw Error($"'{line}'", "two contents with a space between them");
            VocabularyReader.AddMerge(merges, vocabulary, left, right, Error);
        }

        return new BytePairPipeline
        {
            Model = new BytePairModel(vocabulary, merges, new BytePairOptions()),
            Form = new BytePairForm.Bytes(new Gpt2WordSplitter(), Lead: ""),
        };
    }
}

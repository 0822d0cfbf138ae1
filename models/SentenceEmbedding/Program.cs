using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Sentences;

CommandOption[] options =
[
    new("--model", "DIR", "The folder of the model that the program was compiled for (required)."),
    new("--text", "TEXT", "The sentence to embed (required)."),
    new("--with", "TEXT", "Prints how alike another sentence is, instead of the embedding."),
    new("--file", "FILE", "Prints a file's lines in the order of their likeness, instead of the embedding."),
];

return CommandLineProgram.Run(args, "Embeds a sentence, or compares it with others.", options, arguments =>
{
    string text = arguments.RequiredText("--text");
    using var embedder = new SentenceEmbedder(arguments.RequiredText("--model"));
    string[] others = [.. arguments.Text("--with") is { } other ? [other] : Array.Empty<string>(), .. arguments.Text("--file") is { } file ? File.ReadAllLines(file) : []];
    if (others.Length == 0) Console.Out.WriteLine(EmbeddingOutput.Embedding(embedder, text));
    else foreach (string line in EmbeddingOutput.Ranking(embedder, text, others)) Console.Out.WriteLine(line);
    return 0;
});

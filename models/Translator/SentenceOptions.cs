namespace Transformer.Compiled.Models.Translation;

/// <summary>What the command line asks for.</summary>
/// <param name="Data">The sentence pairs; null where a sentence is translated.</param>
/// <param name="Translate">The sentence to translate; null to train.</param>
/// <param name="Weights">The weights to write, or to translate with.</param>
/// <param name="Epochs">How often each pair is seen.</param>
/// <param name="Sentences">Validation sentences that are translated.</param>
/// <param name="Beams">Beams of the search.</param>
/// <param name="Seed">Of the initial weights, dropout and the order of pairs.</param>
internal sealed record SentenceOptions(string? Data, string? Translate, string Weights, int Epochs, int Sentences, int Beams, ulong Seed)
{
    /// <summary>The rows of the session.</summary>
    public const int MostBeams = 4;

    private const ulong DefaultSeed = 1;
    private const int DefaultEpochs = 4;
    private const int DefaultSentences = 200;

    public static CommandOption[] All { get; } =
    [
        new("--data", "FILE", "Sentence pairs to learn: in each line a sentence, a tab and its translation."),
        new("--translate", "TEXT", "Translates a sentence with trained weights, instead of training."),
        new("--weights", "FILE", "The weights to write, or to translate with; artifacts/translator.safetensors by default."),
        new("--epochs", "N", $"How often each pair is seen; {DefaultEpochs} by default."),
        new("--sentences", "N", $"Validation sentences to translate for BLEU; {DefaultSentences} by default."),
        new("--beams", "N", "Beams of the search, 1 to 4; 4 by default."),
        new("--seed", "N", "Of the initial weights, dropout and the order of pairs; 1 by default."),
    ];

    public static SentenceOptions From(CommandLine arguments)
    {
        string? translate = arguments.Text("--translate");
        return new SentenceOptions(
            translate is null ? arguments.RequiredText("--data") : null,
            translate,
            arguments.Text("--weights") ?? Path.Combine("artifacts", "translator.safetensors"),
            arguments.Number("--epochs", DefaultEpochs, least: 1),
            arguments.Number("--sentences", DefaultSentences, least: 0),
            arguments.Number("--beams", MostBeams, least: 1, most: MostBeams),
            arguments.Number("--seed", DefaultSeed, least: 0ul));
    }

    /// <summary>Where the characters of a side stand: beside the weights.</summary>
    public string AlphabetOf(string side) => Path.ChangeExtension(Weights, $".{side}.json");
}

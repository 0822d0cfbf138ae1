namespace Transformer.Compiled.Models.Numbers;

/// <summary>What the command line asks for.</summary>
/// <param name="Translate">The words to translate; null to train.</param>
/// <param name="Weights">Where trained weights lie.</param>
/// <param name="Attention">The page to write; null for none.</param>
/// <param name="Beams">Beams of the search.</param>
/// <param name="Steps">Training steps.</param>
/// <param name="Out">Where the trained weights are written.</param>
/// <param name="Seed">Of the initial weights and the numbers to train on.</param>
internal sealed record NumberOptions(string? Translate, string Weights, string? Attention, int Beams, int Steps, string Out, ulong Seed)
{
    /// <summary>The rows of the session.</summary>
    public const int MostBeams = 4;

    private const ulong DefaultSeed = 1;
    private const string FileName = "number-translator";

    public static CommandOption[] All { get; } =
    [
        new("--translate", "WORDS", "Translates the words of a number with trained weights, instead of training."),
        new("--weights", "FILE", "The trained weights; by default those that come with the program."),
        new("--attention", "FILE", $"The page on which attention is seen; where it trains, artifacts/{FileName}.html by default."),
        new("--beams", "N", "Beams of the search, 1 to 4; 4 by default."),
        new("--steps", "N", $"Training steps; {NumberTraining.Steps} by default, which takes less than a minute on two cores."),
        new("--out", "FILE", $"The weights to write; artifacts/{FileName}.safetensors by default."),
        new("--seed", "N", "Of the initial weights and the numbers to train on; 1 by default."),
    ];

    /// <summary>The weights that come with the program.</summary>
    public static string OwnWeights => Path.Combine(AppContext.BaseDirectory, $"{FileName}.safetensors");

    public static NumberOptions From(CommandLine arguments)
    {
        string? words = arguments.Text("--translate");
        return new NumberOptions(
            words,
            arguments.Text("--weights") ?? OwnWeights,
            arguments.Text("--attention") ?? (words is null ? Artifact("html") : null),
            arguments.Number("--beams", MostBeams, least: 1, most: MostBeams),
            arguments.Number("--steps", NumberTraining.Steps, least: 1),
            arguments.Text("--out") ?? Artifact("safetensors"),
            arguments.Number("--seed", DefaultSeed, least: 0ul));
    }

    private static string Artifact(string extension) => Path.Combine("artifacts", $"{FileName}.{extension}");
}

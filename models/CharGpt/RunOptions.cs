namespace Transformer.Compiled.Models;

/// <summary>What the command line asks for.</summary>
internal sealed record RunOptions(string? Text, int Steps, string? Resume, string Checkpoint, ulong Seed)
{
    private const int DefaultSteps = 2000;
    private const ulong DefaultSeed = 1;

    public static RunOptions From(CommandLine arguments) => new(
        arguments.Text("--text"),
        arguments.Number("--steps", DefaultSteps, least: 1),
        arguments.Text("--resume"),
        Path.GetFullPath(arguments.Text("--out") ?? Path.Combine("artifacts", "char-gpt.safetensors")),
        arguments.Number("--seed", DefaultSeed, least: 0ul));

    /// <summary>Where the characters of a checkpoint's tokens stand: beside it.</summary>
    public static string AlphabetOf(string checkpoint) => Path.ChangeExtension(checkpoint, ".alphabet.json");
}

using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Models;
using Transformer.Compiled.Tokenization;

CommandOption[] options =
[
    new("--text", "FILE", "The text to learn; by default the C# sources of this repository."),
    new("--steps", "N", "Training steps, those before a resumed checkpoint included; 2000 by default."),
    new("--resume", "CHECKPOINT", "Goes on from a checkpoint that an earlier run has written."),
    new("--out", "FILE", "The checkpoint to write; artifacts/char-gpt.safetensors by default."),
    new("--seed", "N", "Of the initial weights, the batches and the sample; 1 by default."),
];

try
{
    if (CommandLine.Parse(args, options) is { } arguments) return Run.Start(RunOptions.From(arguments));
    Console.Out.Write(CommandLine.Usage("Trains a character-level GPT, and writes text with it.", options));
    return 0;
}
catch (CommandLineException problem)
{
    Console.Error.WriteLine($"{problem.Message} --help lists the options.");
    return 2;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or CheckpointException or TokenizerFormatException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

using Transformer.Compiled.Models;

CommandOption[] options =
[
    new("--text", "FILE", "The text to learn; by default the C# sources of this repository."),
    new("--steps", "N", "Training steps, those before a resumed checkpoint included; 2000 by default."),
    new("--resume", "CHECKPOINT", "Goes on from a checkpoint that an earlier run has written."),
    new("--out", "FILE", "The checkpoint to write; artifacts/char-gpt.safetensors by default."),
    new("--seed", "N", "Of the initial weights, the batches and the sample; 1 by default."),
];

return CommandLineProgram.Run(args, "Trains a character-level GPT, and writes text with it.", options, arguments => Run.Start(RunOptions.From(arguments)));

using System.Diagnostics;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Models;
using Transformer.Compiled.Tokenization;

long entered = Stopwatch.GetTimestamp();
CommandOption[] options =
[
    new("--model", "DIR", "The folder with model.safetensors and tokenizer.json (required)."),
    new("--prompt", "TEXT", "What the story begins with; nothing by default."),
    new("--tokens", "N", "The most tokens to add, 256 by default."),
    new("--temperature", "T", "0, the default, always takes the likeliest token."),
    new("--top-p", "P", "Draws from the likeliest tokens that have this much probability; 1 by default."),
    new("--seed", "N", "Where the draws begin, 0 by default."),
    new("--timing", null, "Also prints how long it took to the first token."),
];

try
{
    if (CommandLine.Parse(args, options) is { } arguments) return Story.Tell(StoryOptions.From(arguments), entered);
    Console.Out.Write(CommandLine.Usage("Continues a story, token by token, with a Llama of 260,000 parameters.", options));
    return 0;
}
catch (CommandLineException problem)
{
    Console.Error.WriteLine($"{problem.Message} --help lists the options.");
    return 2;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CheckpointException or TokenizerFormatException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

using System.Diagnostics;
using Transformer.Compiled.Models;

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

return CommandLineProgram.Run(
    args, "Continues a story, token by token, with a Llama of 260,000 parameters.", options, arguments => Story.Tell(StoryOptions.From(arguments), entered));

using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Entities;

CommandOption[] options =
[
    new("--model", "DIR", "The folder of the model that the program was compiled for (required)."),
    new("--text", "TEXT", "The text to look at."),
    new("--file", "FILE", "A file with the text, instead of --text."),
];

return CommandLineProgram.Run(args, "Finds the named entities of a text.", options, arguments =>
{
    string text = arguments.TextOrFile("--text", "--file");
    using var finder = new EntityFinder(arguments.RequiredText("--model"));
    foreach ((string type, string entity) in finder.Find(text)) Console.Out.WriteLine($"{type}\t{entity}");
    return 0;
});

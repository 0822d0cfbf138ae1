using System.Globalization;
using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Answers;

CommandOption[] options =
[
    new("--model", "DIR", "The folder of the model that the program was compiled for (required)."),
    new("--question", "TEXT", "What to ask (required)."),
    new("--text", "TEXT", "The text in which the answer stands."),
    new("--file", "FILE", "A file with the text, instead of --text."),
];

return CommandLineProgram.Run(args, "Finds the answer to a question in a text.", options, arguments =>
{
    string question = arguments.RequiredText("--question");
    string text = arguments.TextOrFile("--text", "--file");
    using var finder = new AnswerFinder(arguments.RequiredText("--model"));
    (string answer, double score) = finder.Find(question, text);
    Console.Out.WriteLine(answer);
    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"score {score:F2}"));
    return 0;
});

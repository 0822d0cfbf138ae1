using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Summaries;

CommandOption[] options =
[
    new("--model", "DIR", "The folder of the model that the program was compiled for (required)."),
    new("--text", "TEXT", "The text to summarise."),
    new("--file", "FILE", "A file with the text, instead of --text."),
    new("--prefix", "TEXT", "What T5 reads before the text to know its task, such as \"summarize: \"; nothing by default."),
    new("--tokens", "N", "The most tokens of the summary; 128 by default."),
    new("--beams", "N", "Beams of the search, 1 to 4; 4 by default."),
];

return CommandLineProgram.Run(args, "Summarises a text.", options, arguments =>
{
    string text = arguments.TextOrFile("--text", "--file");
    int beams = arguments.Number("--beams", Summarizer.MostBeams, least: 1, most: Summarizer.MostBeams);
    using var summarizer = new Summarizer(arguments.RequiredText("--model"), beams, arguments.Number("--tokens", 128, least: 1));
    Console.Out.WriteLine(summarizer.Summarize(arguments.Text("--prefix") + text));
    return 0;
});

using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Numbers;

return CommandLineProgram.Run(
    args, "Learns to translate English number words into Chinese numerals.", NumberOptions.All, arguments => Run.Start(NumberOptions.From(arguments)));

using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Translation;

return CommandLineProgram.Run(
    args, "Learns to translate sentences, character by character.", SentenceOptions.All, arguments => Run.Start(SentenceOptions.From(arguments)));

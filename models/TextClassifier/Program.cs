using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Classification;

return CommandLineProgram.Run(
    args, "Fine-tunes a pretrained model to classify texts, and classifies them.", ClassifierOptions.All, arguments => Run.Start(ClassifierOptions.From(arguments)));

using Transformer.Compiled.Checkpoints;

namespace Transformer.Compiled.Models.Classification;

/// <summary>What the command line asks for.</summary>
/// <param name="Model">The folder of the pretrained model.</param>
/// <param name="Data">The table to learn; null where a text is classified.</param>
/// <param name="Classify">The text to classify; null to train.</param>
/// <param name="Weights">The fine-tuned weights to write, or to classify with.</param>
/// <param name="Sizes">What happens where the pretrained model tells another number of labels apart.</param>
/// <param name="Epochs">How often each text is seen.</param>
/// <param name="Rate">The highest learning rate.</param>
/// <param name="Seed">Of the head, dropout, the order of texts and which are for validation.</param>
internal sealed record ClassifierOptions(string Model, string? Data, string? Classify, string Weights, MismatchedSizes Sizes, int Epochs, double Rate, ulong Seed)
{
    private const int DefaultEpochs = 3;
    private const double DefaultRate = 5e-5;
    private const ulong DefaultSeed = 1;

    public static CommandOption[] All { get; } =
    [
        new("--model", "DIR", "The folder of the pretrained model that the program was compiled for (required)."),
        new("--data", "FILE", "The texts to learn: comma-separated values with the columns text and label."),
        new("--classify", "TEXT", "Classifies a text with fine-tuned weights, instead of training."),
        new("--weights", "FILE", "The weights to write, or to classify with; artifacts/text-classifier.safetensors by default."),
        new("--ignore-mismatched-sizes", null, "Gives a pretrained model of another number of labels a new head, instead of refusing it."),
        new("--epochs", "N", $"How often each text is seen; {DefaultEpochs} by default."),
        new("--rate", "R", "The highest learning rate; 5e-5 by default."),
        new("--seed", "N", "Of the head, dropout, the order of texts and which are for validation; 1 by default."),
    ];

    /// <summary>Where the labels stand: beside the weights.</summary>
    public string LabelsFile => Path.ChangeExtension(Weights, ".labels.txt");

    public static ClassifierOptions From(CommandLine arguments)
    {
        string? text = arguments.Text("--classify");
        double rate = arguments.Number("--rate", DefaultRate, least: 0.0);
        return new ClassifierOptions(
            arguments.RequiredText("--model"),
            text is null ? arguments.RequiredText("--data") : null,
            text,
            arguments.Text("--weights") ?? Path.Combine("artifacts", "text-classifier.safetensors"),
            arguments.Has("--ignore-mismatched-sizes") ? MismatchedSizes.DrawHead : MismatchedSizes.Refuse,
            arguments.Number("--epochs", DefaultEpochs, least: 1),
            double.IsFinite(rate) ? rate : throw new CommandLineException("--rate has to be finite."),
            arguments.Number("--seed", DefaultSeed, least: 0ul));
    }
}

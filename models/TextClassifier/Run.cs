using Transformer.Compiled.Metrics;
using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Classification;

/// <summary>One run of the program: classifies, or trains and measures what the model has learnt.</summary>
internal static class Run
{
    public static int Start(ClassifierOptions options)
    {
        TemplateTokenizer tokenizer = ModelTokenizer.Load(options.Model);
        return options.Classify is { } text ? Classify(options, tokenizer, text) : Train(options, tokenizer);
    }

    private static int Classify(ClassifierOptions options, TemplateTokenizer tokenizer, string text)
    {
        using var weights = ClassifierModel.Weights.Load(options.Weights);
        using var labeler = new TextLabeler(weights, tokenizer, LabelSet.Load(options.LabelsFile));
        foreach ((string label, float probability) in labeler.Classify(text)) Print($"{probability:F4}  {label}");
        return 0;
    }

    private static int Train(ClassifierOptions options, TemplateTokenizer tokenizer)
    {
        ClassifierData data = ClassifierData.Read(options.Data!, ClassifierSizes.Labels, options.Seed);
        Print($"Texts: {data.Training.Count:N0} to train on, {data.Validation.Count:N0} for validation; {data.Labels.Count} labels");
        using var weights = ClassifierModel.Weights.LoadPretrained(options.Model, options.Seed, options.Sizes);
        Print($"Drawn from the seed: {(weights.Drawn.Count == 0 ? "nothing" : string.Join(", ", weights.Drawn))}");
        if (!Learn(options, tokenizer, data, weights)) return 1;

        data.Labels.Save(options.LabelsFile);
        weights.Save(options.Weights);
        using (var labeler = new TextLabeler(weights, tokenizer, data.Labels)) Show(labeler.Confusion(data.Validation), data.Labels);
        Print($"Weights: {options.Weights}");
        return 0;
    }

    /// <summary>Trains; false when the user has stopped it.</summary>
    private static bool Learn(ClassifierOptions options, TemplateTokenizer tokenizer, ClassifierData data, ClassifierModel.Weights weights)
    {
        ExampleBatches<LabelledTokens> batches = ClassifierTraining.Batches(tokenizer, data.Training, options.Seed);
        int steps = checked((int)(options.Epochs * batches.BatchesPerEpoch));
        using var trainer = new ClassifierModel.Trainer(
            weights, ClassifierTraining.Optimizer(options.Rate, steps), new TrainerOptions { Seed = options.Seed });
        return ShownTraining.Run(trainer, new TrainingLoop(trainer, batches), steps, options.Weights);
    }

    private static void Show(ConfusionMatrix confusion, LabelSet labels)
    {
        Print($"Validation: accuracy {confusion.Accuracy:P1}, macro F1 {confusion.Macro.F1:P1}");
        for (int label = 0; label < labels.Count; label++) Print($"    {labels[label]}: F1 {confusion.Score(label).F1:P1}, {confusion.Support(label)} texts");
    }

    private static void Print(FormattableString line) => Console.Out.WriteLine(FormattableString.Invariant(line));
}

using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models;

/// <summary>One run of the program: reads the text, trains, writes the checkpoint, and shows what the model has learnt.</summary>
internal static class Run
{
    private const int SampleLength = 500;

    public static int Start(RunOptions options)
    {
        Corpus corpus = Corpus.Read(options.Text);
        CharacterTokenizer tokenizer = options.Resume is { } resumed ? AlphabetBeside(resumed) : Alphabet.Of(corpus.Text, CharGpt.VocabularySize);
        (string text, int replaced) = Alphabet.Restrict(corpus.Text, tokenizer);
        (TokenDataset training, TokenDataset validation) = new TokenDataset(tokenizer.Encode(text)).Split(Recipe.TrainingFraction);
        if (validation.Count <= CharGpt.ContextLength)
            throw new InvalidDataException($"{corpus.Description}: {text.Length} characters are too few; the last tenth has to be longer than {CharGpt.ContextLength}.");

        Print($"Text: {corpus.Description}");
        Print($"      {training.Count + validation.Count:N0} characters, {tokenizer.VocabularySize} different ones kept, {replaced:N0} read as U+FFFD");
        Print($"Model: {CharGpt.ParameterCount:N0} parameters, {CharGpt.Layers} layers of width {CharGpt.DModel}");

        using var weights = CharGpt.Weights.Initialize(options.Seed);
        bool isComplete = Train(options, weights, tokenizer, training, validation);
        if (isComplete) Print($"Sample:\n{Sample.Write(weights, tokenizer, SampleLength, options.Seed)}\n");
        Print($"Checkpoint: {options.Checkpoint}");
        if (!isComplete) Print($"Stopped; go on with --resume {options.Checkpoint}");
        return isComplete ? 0 : 1;
    }

    /// <summary>Trains and saves; false when the user has stopped it.</summary>
    private static bool Train(
        RunOptions options, CharGpt.Weights weights, CharacterTokenizer tokenizer, TokenDataset training, TokenDataset validation)
    {
        using var trainer = new CharGpt.Trainer(weights, Recipe.Optimizer(options.Steps), new TrainerOptions { Seed = options.Seed });
        if (options.Resume is not null) trainer.LoadCheckpoint(options.Resume);
        var loop = new TrainingLoop(trainer, new RandomWindows(training, trainer.SequenceLength, options.Seed));

        bool isComplete = ShownTraining.Run(trainer, loop, options.Steps, options.Checkpoint, options.Resume);
        tokenizer.Save(RunOptions.AlphabetOf(options.Checkpoint));
        trainer.SaveCheckpoint(options.Checkpoint);
        if (!isComplete) return false;

        double loss = new ValidationWindows(validation, trainer.BatchSize, trainer.SequenceLength).Evaluate(trainer);
        Print($"Validation loss: {loss:F4} nats a character, over the last tenth of the text");
        return true;
    }

    private static CharacterTokenizer AlphabetBeside(string checkpoint)
    {
        string alphabet = RunOptions.AlphabetOf(checkpoint);
        if (!File.Exists(checkpoint)) throw new FileNotFoundException($"There is no checkpoint {checkpoint}.");
        return File.Exists(alphabet)
            ? CharacterTokenizer.Load(alphabet)
            : throw new FileNotFoundException($"{checkpoint} has not got its characters beside it: there is no {alphabet}.");
    }

    private static void Print(FormattableString line) => Console.Out.WriteLine(FormattableString.Invariant(line));
}

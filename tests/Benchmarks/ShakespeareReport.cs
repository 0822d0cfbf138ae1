using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Benchmarks;

/// <summary>The Tiny Shakespeare recipe: 2,000 steps from each of several seeds, and the validation loss over the last tenth of the text.</summary>
internal static class ShakespeareReport
{
    private const int Steps = 2000;

    public static void Run(ComputeTeam team, string path, int seeds)
    {
        string text = File.ReadAllText(path);
        CharacterTokenizer tokenizer = CharacterTokenizer.FromText(text);
        if (tokenizer.VocabularySize != ShakespeareGpt.VocabularySize)
            throw new InvalidOperationException($"{path} has {tokenizer.VocabularySize} characters; the model is compiled for {ShakespeareGpt.VocabularySize}.");
        (TokenDataset training, TokenDataset validation) = new TokenDataset(tokenizer.Encode(text)).Split(0.9);

        var losses = new List<double>();
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            long start = Stopwatch.GetTimestamp();
            using ShakespeareGpt.Weights weights = ShakespeareGpt.Weights.Initialize(seed);
            var optimizer = new AdamW
            {
                LearningRate = new WarmupCosine(1e-3, 1e-4, 100, Steps),
                Beta1 = 0.9,
                Beta2 = 0.99,
                WeightDecay = 0.1,
                ClipNorm = 1,
            };
            using var trainer = new ShakespeareGpt.Trainer(weights, optimizer, new TrainerOptions { Team = team, Seed = seed });
            new TrainingLoop(trainer, new RandomWindows(training, trainer.SequenceLength, seed)).Run(Steps);
            losses.Add(new ValidationWindows(validation, trainer.BatchSize, trainer.SequenceLength).Evaluate(trainer));
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  seed {seed}: validation loss {losses[^1]:F4} after {Steps} steps in {seconds:F0} s"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mean of {seeds} seeds: {losses.Average():F4}"));
    }
}

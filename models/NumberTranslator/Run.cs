using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Numbers;

/// <summary>One run of the program: translates, or trains and shows what the model has learnt.</summary>
internal static class Run
{
    private const int SeenNumber = 305_040;

    private static readonly int[] _shown = [4_021, 22_222, 100_005, SeenNumber, 999_999];

    public static int Start(NumberOptions options)
    {
        if (options.Translate is null) return Train(options);
        TranslateCommand.Run(options, Console.Out);
        return 0;
    }

    private static int Train(NumberOptions options)
    {
        Print($"Model: {NumberTranslator.ParameterCount:N0} parameters, an encoder and a decoder of {NumberTranslator.Layers} layers of width {NumberTranslator.DModel}");
        using var weights = NumberTranslator.Weights.Initialize(options.Seed);
        if (!Learn(options, weights)) return 1;
        weights.Save(options.Out);
        using (var search = new NumberSearch(weights, options.Beams)) Show(search);
        NumberAttention.Write(options.Attention!, weights, EnglishNumber.Of(SeenNumber), ChineseNumber.Of(SeenNumber));
        Print($"Attention: {options.Attention}");
        Print($"Weights: {options.Out}");
        return 0;
    }

    /// <summary>Trains; false when the user has stopped it.</summary>
    private static bool Learn(NumberOptions options, NumberTranslator.Weights weights)
    {
        using var trainer = new NumberTranslator.Trainer(weights, NumberTraining.Optimizer(options.Steps));
        return ShownTraining.Run(trainer, new TrainingLoop(trainer, new NumberBatches(options.Seed)), options.Steps, options.Out);
    }

    private static void Show(NumberSearch search)
    {
        NumberScores scores = NumberScores.Of(search);
        Print($"Numbers never seen in training: {scores.Uniform.Matches:N0} of {scores.Uniform.Count:N0} are translated exactly, {scores.Uniform.Value:P2}");
        for (int digits = 1; digits <= scores.OfLength.Count; digits++)
            Print($"    of {digits} digits: {scores.OfLength[digits - 1].Matches} of {scores.OfLength[digits - 1].Count}");
        foreach (int number in _shown)
        {
            string english = EnglishNumber.Of(number);
            Print($"{english}");
            foreach ((string text, double probability) in search.Candidates(english)) Print($"    {probability,8:P2}  {text}");
        }
    }

    private static void Print(FormattableString line) => Console.Out.WriteLine(FormattableString.Invariant(line));
}

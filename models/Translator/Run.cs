using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models.Translation;

/// <summary>One run of the program: translates, or trains and measures what the model has learnt.</summary>
internal static class Run
{
    private const string SourceSide = "source";
    private const string TargetSide = "target";
    private const int ShownSentences = 5;

    public static int Start(SentenceOptions options) => options.Translate is { } sentence ? Translate(options, sentence) : Train(options);

    private static int Translate(SentenceOptions options, string sentence)
    {
        SentenceTokens source = SentenceTokens.Load(options.AlphabetOf(SourceSide));
        SentenceTokens target = SentenceTokens.Load(options.AlphabetOf(TargetSide));
        using var weights = Translator.Weights.Load(options.Weights);
        using var search = new SentenceSearch(weights, source, target, options.Beams);
        Print($"{search.Translate(sentence)}");
        return 0;
    }

    private static int Train(SentenceOptions options)
    {
        SentenceCorpus corpus = SentenceCorpus.Read(options.Data!);
        Print($"Pairs: {corpus.TrainingPairs.Length:N0} to train on, {corpus.ValidationPairs.Length:N0} for validation; {corpus.Source.Count} and {corpus.Target.Count:N0} tokens");
        Print($"Model: {Translator.ParameterCount:N0} parameters, an encoder and a decoder of {Translator.Layers} layers of width {Translator.DModel}");
        using var weights = Translator.Weights.Initialize(options.Seed);
        if (!Learn(options, corpus, weights)) return 1;

        corpus.Source.Save(options.AlphabetOf(SourceSide));
        corpus.Target.Save(options.AlphabetOf(TargetSide));
        weights.Save(options.Weights);
        using (var search = new SentenceSearch(weights, corpus.Source, corpus.Target, options.Beams)) Show(search, corpus, options.Sentences);
        Print($"Weights: {options.Weights}");
        return 0;
    }

    /// <summary>Trains; false when the user has stopped it.</summary>
    private static bool Learn(SentenceOptions options, SentenceCorpus corpus, Translator.Weights weights)
    {
        using var trainer = new Translator.Trainer(weights, SentenceTraining.Optimizer(), new TrainerOptions { Seed = options.Seed });
        ExampleBatches<TokenPair> batches = SentenceTraining.Batches(corpus.TrainingPairs, trainer.BatchSize, options.Seed);
        int steps = checked((int)(options.Epochs * batches.BatchesPerEpoch));
        if (!ShownTraining.Run(trainer, new TrainingLoop(trainer, batches), steps, options.Weights)) return false;
        double loss = ValidationLoss.Of(trainer, SentenceTraining.Batches(corpus.ValidationPairs, trainer.BatchSize, seed: null));
        Print($"Validation cross-entropy: {loss:F4} nats per token (seed {options.Seed})");
        return true;
    }

    private static void Show(SentenceSearch search, SentenceCorpus corpus, int sentences)
    {
        int step = Math.Max(1, corpus.Validation.Length / Math.Max(1, sentences));
        SentencePair[] shown = [.. corpus.Validation.Where((_, index) => index % step == 0).Take(sentences)];
        if (shown.Length == 0) return;
        Print($"{search.Score(shown)} over {shown.Length} validation sentences");
        foreach (SentencePair pair in shown.Where((_, index) => index % Math.Max(1, shown.Length / ShownSentences) == 0).Take(ShownSentences))
            Print($"    {pair.Source}  {search.Translate(pair.Source)}  ({pair.Target})");
    }

    private static void Print(FormattableString line) => Console.Out.WriteLine(FormattableString.Invariant(line));
}

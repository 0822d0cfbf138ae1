namespace Transformer.Compiled.Models.Translation;

/// <summary>The sentence pairs of a file, also as tokens.</summary>
internal sealed class SentenceCorpus
{
    private SentenceCorpus(SentenceTokens source, SentenceTokens target, SentencePair[] validation, TokenPair[] trainingPairs)
    {
        Source = source;
        Target = target;
        Validation = validation;
        TrainingPairs = trainingPairs;
        ValidationPairs = [.. validation.Select(pair => Encode(source, target, pair))];
    }

    public SentenceTokens Source { get; }

    public SentenceTokens Target { get; }

    /// <summary>The sentences for validation.</summary>
    public SentencePair[] Validation { get; }

    /// <summary>The pairs to train on.</summary>
    public TokenPair[] TrainingPairs { get; }

    /// <summary>The pairs for validation.</summary>
    public TokenPair[] ValidationPairs { get; }

    /// <summary>Splits the pairs of a file; the alphabets are those of its training part.</summary>
    public static SentenceCorpus Read(string path)
    {
        (SentencePair[] training, SentencePair[] validation) = SentencePair.Split(SentencePair.ReadAll(path));
        SentenceTokens source = SentenceTokens.Of(training.Select(pair => pair.Source), Translator.SourceVocabularySize);
        SentenceTokens target = SentenceTokens.Of(training.Select(pair => pair.Target), Translator.VocabularySize);
        return new SentenceCorpus(source, target, validation, [.. training.Select(pair => Encode(source, target, pair))]);
    }

    /// <summary>A pair as tokens, cut to what the model takes; an end token has to follow the translation.</summary>
    private static TokenPair Encode(SentenceTokens source, SentenceTokens target, SentencePair pair) =>
        new(source.Encode(pair.Source, Translator.SourceLength), target.Encode(pair.Target, Translator.ContextLength - 1));
}

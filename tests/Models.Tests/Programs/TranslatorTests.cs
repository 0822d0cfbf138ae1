using Transformer.Compiled.Models;
using Transformer.Compiled.Models.Translation;
using Transformer.Compiled.Training;

namespace Models.Tests.Programs;

public sealed class TranslatorTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public TranslatorTests() => File.WriteAllLines(_file, Enumerable.Range(0, 90).Select(line => $"{line}!\t第{line}。"));

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void SentencesAreTokensOfTheTrainingPart()
    {
        SentenceCorpus corpus = SentenceCorpus.Read(_file);
        Assert.Equal((85, 5), (corpus.TrainingPairs.Length, corpus.ValidationPairs.Length));
        Assert.Equal((15, 16), (corpus.Source.Count, corpus.Target.Count));
        Assert.Equal("20!", corpus.Source.Decode(corpus.ValidationPairs[1].Source));
        Assert.Equal("第20。", corpus.Target.Decode(corpus.ValidationPairs[1].Target));
    }

    [Fact]
    public void BatchesHaveStartAndEndTokensAndEveryPairOnce()
    {
        SentenceCorpus corpus = SentenceCorpus.Read(_file);
        using var weights = Translator.Weights.Initialize(seed: 1);
        using var trainer = new Translator.Trainer(weights, SentenceTraining.Optimizer());
        ExampleBatches<TokenPair> batches = SentenceTraining.Batches(corpus.TrainingPairs, trainer.BatchSize, seed: 1);
        Assert.Equal(2, batches.BatchesPerEpoch);
        List<string> seen = [];
        for (int number = 0; number < 2; number++)
        {
            batches.Fill(number, trainer.Batch);
            for (int row = 0; row < trainer.BatchSize; row++)
            {
                int[] target = [.. trainer.Batch.Targets.Slice(row * Translator.ContextLength, Translator.ContextLength)];
                int length = Array.IndexOf(target, SentenceTokens.End);
                if (length < 0) continue;
                Assert.All(target[(length + 1)..], token => Assert.Equal(Labels.Ignored, token));
                Span<int> input = trainer.Batch.Tokens.Slice(row * Translator.ContextLength, Translator.ContextLength);
                Assert.Equal([SentenceTokens.Start, .. target[..length]], input[..(length + 1)].ToArray());
                Span<int> source = trainer.Batch.Sources.Slice(row * Translator.SourceLength, Translator.SourceLength);
                Assert.Equal(corpus.Target.Decode(target[..length]), $"第{corpus.Source.Decode(source)[..^1]}。");
                Assert.Equal(length - 1, trainer.Batch.SourceMask.Slice(row * Translator.SourceLength, Translator.SourceLength).Count(1));
                seen.Add(corpus.Target.Decode(target[..length]));
            }
        }

        Assert.Equal(85, seen.Distinct().Count());
        Assert.Equal(85, seen.Count);
    }

    [Theory]
    [InlineData(0, 5e-4 / 400)]
    [InlineData(199, 2.5e-4)]
    [InlineData(399, 5e-4)]
    [InlineData(5000, 5e-4)]
    public void TheRateRisesAndStays(long step, double rate) => Assert.Equal(rate, SentenceTraining.Optimizer().LearningRate.At(step), 1e-15);

    [Fact]
    public void TranslationsAreOfTheCharactersThatThereAre()
    {
        SentenceCorpus corpus = SentenceCorpus.Read(_file);
        using var weights = Translator.Weights.Initialize(seed: 1);
        using var search = new SentenceSearch(weights, corpus.Source, corpus.Target, beams: 2);
        string translation = search.Translate("7!?");
        Assert.InRange(translation.Length, 0, Translator.ContextLength - 1);
        Assert.All(translation, character => Assert.Contains(character, "第0123456789。"));
        Assert.Equal(2, search.Score([new SentencePair("7!?", "第7。"), new SentencePair("8!", "第8。")]).ReferenceLength / 3);
        Assert.Equal("There is no sentence to translate.", Assert.Throws<InvalidDataException>(() => search.Translate("")).Message);
    }
}

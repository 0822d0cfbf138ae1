using Transformer.Compiled.Checkpoints;

namespace Models.Tests;

/// <summary>The body of one model's checkpoint goes into models with other heads.</summary>
public sealed class PretrainedModelTests : IDisposable
{
    private static readonly Dictionary<string, (Func<ulong, ModelWeights> Initialize, Func<string, ulong, ModelWeights> LoadPretrained)> s_models = new()
    {
        [nameof(PretrainedModels.Masked)] = (PretrainedModels.Masked.Weights.Initialize, (path, seed) => PretrainedModels.Masked.Weights.LoadPretrained(path, seed)),
        [nameof(PretrainedModels.Classifier)] = (PretrainedModels.Classifier.Weights.Initialize, (path, seed) => PretrainedModels.Classifier.Weights.LoadPretrained(path, seed)),
        [nameof(PretrainedModels.Tagger)] = (PretrainedModels.Tagger.Weights.Initialize, (path, seed) => PretrainedModels.Tagger.Weights.LoadPretrained(path, seed)),
        [nameof(PretrainedModels.Answers)] = (PretrainedModels.Answers.Weights.Initialize, (path, seed) => PretrainedModels.Answers.Weights.LoadPretrained(path, seed)),
        [nameof(PretrainedModels.Body)] = (PretrainedModels.Body.Weights.Initialize, (path, seed) => PretrainedModels.Body.Weights.LoadPretrained(path, seed)),
    };

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"pretrained-{Guid.NewGuid():N}.safetensors");

    public static TheoryData<string> Names => [.. s_models.Keys];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Names))]
    public void TheBodyIsLoadedAndAnotherHeadIsDrawn(string from)
    {
        using ModelWeights source = OddWeights.Perturbed(s_models[from].Initialize);
        source.Save(_path);
        foreach ((Func<ulong, ModelWeights> initialize, Func<string, ulong, ModelWeights> loadPretrained) in s_models.Values)
        {
            using ModelWeights loaded = loadPretrained(_path, 5), fresh = initialize(5);
            foreach (string name in loaded.Names)
            {
                bool isShared = source.Names.Contains(name);
                Assert.Equal(isShared, !loaded.Drawn.Contains(name));
                Assert.Equal(OddWeights.Export(isShared ? source : fresh, name), OddWeights.Export(loaded, name));
            }
            Assert.DoesNotContain(loaded.Drawn, name => name.StartsWith("layers.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void ABodyOfAnotherWidthIsRefusedByName()
    {
        using ModelWeights source = s_models[nameof(PretrainedModels.Classifier)].Initialize(1);
        source.Save(_path);
        var error = Assert.Throws<CheckpointException>(() => PretrainedModels.Wide.Weights.LoadPretrained(_path, 1));
        Assert.Contains("tensor 'embedding.tokens.weight' has shape [13, 15], but Wide expects [13, 18]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AHeadOfOtherLabelsIsDrawnWhereThatIsAskedFor()
    {
        using ModelWeights source = OddWeights.Perturbed(s_models[nameof(PretrainedModels.Classifier)].Initialize);
        source.Save(_path);
        Assert.Throws<CheckpointException>(() => PretrainedModels.MoreLabels.Weights.LoadPretrained(_path, 5));
        using ModelWeights loaded = PretrainedModels.MoreLabels.Weights.LoadPretrained(_path, 5, MismatchedSizes.DrawHead);
        using ModelWeights fresh = PretrainedModels.MoreLabels.Weights.Initialize(5);
        foreach (string name in loaded.Names)
        {
            bool isOfOtherSize = loaded.Shape(name)[0] == 4;
            Assert.Equal(isOfOtherSize, loaded.Drawn.Contains(name));
            Assert.Equal(OddWeights.Export(isOfOtherSize ? fresh : source, name), OddWeights.Export(loaded, name));
        }
        Assert.Equal(2, loaded.Drawn.Count);
    }
}

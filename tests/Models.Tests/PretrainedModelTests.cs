using Transformer.Compiled.Checkpoints;

namespace Models.Tests;

/// <summary>The body of one model's checkpoint goes into models with other heads.</summary>
public sealed class PretrainedModelTests : IDisposable
{
    private static readonly Dictionary<string, (Func<ulong, ModelWeights> Initialize, Func<string, ulong, ModelWeights> LoadPretrained)> s_models = new()
    {
        [nameof(PretrainedModels.Masked)] = (PretrainedModels.Masked.Weights.Initialize, PretrainedModels.Masked.Weights.LoadPretrained),
        [nameof(PretrainedModels.Classifier)] = (PretrainedModels.Classifier.Weights.Initialize, PretrainedModels.Classifier.Weights.LoadPretrained),
        [nameof(PretrainedModels.Tagger)] = (PretrainedModels.Tagger.Weights.Initialize, PretrainedModels.Tagger.Weights.LoadPretrained),
        [nameof(PretrainedModels.Answers)] = (PretrainedModels.Answers.Weights.Initialize, PretrainedModels.Answers.Weights.LoadPretrained),
        [nameof(PretrainedModels.Body)] = (PretrainedModels.Body.Weights.Initialize, PretrainedModels.Body.Weights.LoadPretrained),
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
}

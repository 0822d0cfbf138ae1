using System.Globalization;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>A training step that is measured here and elsewhere: a model, its optimizer's settings, and the batch that it sees again and again.</summary>
internal sealed class TrainingWork
{
    private const ulong Seed = 1;

    private readonly Func<ModelWeights> _initialize;
    private readonly Func<ModelWeights, AdamW, TrainerOptions, ILanguageModelTrainer> _train;

    private TrainingWork(Func<ModelWeights> initialize, Func<ModelWeights, AdamW, TrainerOptions, ILanguageModelTrainer> train)
    {
        _initialize = initialize;
        _train = train;
    }

    /// <summary>A GPT for 65 characters, with the settings of small character models.</summary>
    public static TrainingWork Small { get; } = new(
        () => SmallGpt.Weights.Initialize(Seed),
        (weights, optimizer, options) => new SmallGpt.Trainer((SmallGpt.Weights)weights, optimizer, options))
    {
        Name = "small-gpt",
        Description = "d 384, 6 heads, 6 layers, T 256, V 65, B 4",
        Heads = 6,
        Layers = SmallGpt.Layers,
        Batch = 4,
        Sequence = 256,
        Vocabulary = SmallGpt.VocabularySize,
        LearningRate = 1e-3,
        Beta2 = 0.99,
        WeightDecay = 0.1,
        ClipNorm = 1,
    };

    /// <summary>GPT-2 124M, with the settings that stand in llm.c's train_gpt2.</summary>
    public static TrainingWork Gpt2 { get; } = new(
        () => Benchmarks.Gpt2.Weights.Initialize(Seed),
        (weights, optimizer, options) => new Gpt2.Trainer((Gpt2.Weights)weights, optimizer, options))
    {
        Name = "gpt2-124m",
        Description = "GPT-2 124M, T 64, B 4",
        Heads = 12,
        Layers = Benchmarks.Gpt2.Layers,
        Batch = 4,
        Sequence = 64,
        Vocabulary = Benchmarks.Gpt2.VocabularySize,
        LearningRate = 1e-4,
        Beta2 = 0.999,
    };

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required int Heads { get; init; }

    public required int Layers { get; init; }

    public required int Batch { get; init; }

    public required int Sequence { get; init; }

    public required int Vocabulary { get; init; }

    public required double LearningRate { get; init; }

    public required double Beta2 { get; init; }

    public double WeightDecay { get; init; }

    /// <summary>0 does not clip.</summary>
    public double ClipNorm { get; init; }

    /// <summary>The batch's tokens and the one that follows them: a position's target is the next token, over the ends of rows too.</summary>
    public int[] Text => [.. Enumerable.Range(0, Batch * Sequence + 1).Select(i => (int)((i * 7919L + 11) % Vocabulary))];

    public static TrainingWork Named(string name) => name == Small.Name ? Small : name == Gpt2.Name ? Gpt2
        : throw new ArgumentException($"--work {name}: there are {Small.Name} and {Gpt2.Name}.");

    public ModelWeights Initialize() => _initialize();

    public ILanguageModelTrainer Train(ModelWeights weights, ComputeTeam team) => _train(
        weights, new AdamW { LearningRate = LearningRate, Beta2 = Beta2, WeightDecay = WeightDecay, ClipNorm = ClipNorm }, new TrainerOptions { Team = team });

    /// <summary>The initial weights as a safetensors file in the folder, which is written once.</summary>
    public string Save(string folder)
    {
        string path = Path.Combine(folder, Name + ".safetensors");
        if (File.Exists(path)) return path;
        using ModelWeights weights = Initialize();
        weights.Save(path);
        return path;
    }

    /// <summary>What torch_step.py takes after the weights.</summary>
    public string ToArguments() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Heads} {Layers} {Batch} {Sequence} {Vocabulary} {LearningRate} {Beta2} {WeightDecay} {ClipNorm}");
}

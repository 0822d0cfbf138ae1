using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Cuda.Benchmarks;

/// <summary>A model whose decoding is measured.</summary>
internal sealed record DecodedModel(string Name, Func<ModelWeights> Initialize, Func<ModelWeights, CudaContext, IDecoderSession> Session);

/// <summary>A model whose training is measured.</summary>
/// <param name="Name">With its batch.</param>
/// <param name="Precision">Of its products.</param>
/// <param name="Sizes">What the work is counted from.</param>
/// <param name="Initialize">Random weights.</param>
/// <param name="Trainer">On the device.</param>
internal sealed record TrainedModel(
    string Name, Precision Precision, ModelSizes Sizes, Func<ModelWeights> Initialize, Func<ModelWeights, Optimizer, CudaContext, LanguageModelTrainer> Trainer);

/// <summary>The sizes of a GPT whose feed-forward is four times as wide as the model.</summary>
internal readonly record struct ModelSizes(int VocabularySize, int DModel, int Layers)
{
    /// <summary>
    /// Floating-point operations of a training step for a token: of each product three times 2 for each element of its weight, and of attention's two products with the
    /// visible half of the keys as many again. What is computed twice counts once; embeddings, norms and the update do not count.
    /// </summary>
    public double TrainingOperationsPerToken(int sequenceLength) =>
        6.0 * ((12.0 * Layers * DModel * DModel) + ((double)VocabularySize * DModel)) + (6.0 * Layers * DModel * (sequenceLength + 1));
}

/// <summary>The models by size.</summary>
internal static class MeasuredModels
{
    private const ulong Seed = 1;

    private static readonly ModelSizes s_gpt2 = new(Gpt2Float32.VocabularySize, Gpt2Float32.DModel, Gpt2Float32.Layers);
    private static readonly ModelSizes s_small = new(SmallFloat32.VocabularySize, SmallFloat32.DModel, SmallFloat32.Layers);

    public static DecodedModel[] Decoded =>
    [
        new("GPT-2 124M", () => Gpt2Float32.Weights.Initialize(Seed), (weights, context) => new Gpt2Float32.CudaSession((Gpt2Float32.Weights)weights, context)),
        new("110M Llama", () => Llama110M.Weights.Initialize(Seed), (weights, context) => new Llama110M.CudaSession((Llama110M.Weights)weights, context)),
    ];

    public static TrainedModel[] Trained =>
    [
        new("GPT-2 124M", Precision.Float32, s_gpt2, () => Gpt2Float32.Weights.Initialize(Seed), (weights, rule, context) => new Gpt2Float32.CudaTrainer((Gpt2Float32.Weights)weights, rule, context: context)),
        new("GPT-2 124M", Precision.Tf32, s_gpt2, () => Gpt2Tf32.Weights.Initialize(Seed), (weights, rule, context) => new Gpt2Tf32.CudaTrainer((Gpt2Tf32.Weights)weights, rule, context: context)),
        new("GPT-2 124M", Precision.BFloat16, s_gpt2, () => Gpt2BFloat16.Weights.Initialize(Seed), (weights, rule, context) => new Gpt2BFloat16.CudaTrainer((Gpt2BFloat16.Weights)weights, rule, context: context)),
    ];

    public static DecodedModel[] SmallDecoded =>
    [
        new("small GPT", () => SmallFloat32.Weights.Initialize(Seed), (weights, context) => new SmallFloat32.CudaSession((SmallFloat32.Weights)weights, context)),
    ];

    public static TrainedModel[] SmallTrained =>
    [
        new("small GPT", Precision.Float32, s_small, () => SmallFloat32.Weights.Initialize(Seed), (weights, rule, context) => new SmallFloat32.CudaTrainer((SmallFloat32.Weights)weights, rule, context: context)),
        new("small GPT", Precision.Tf32, s_small, () => SmallTf32.Weights.Initialize(Seed), (weights, rule, context) => new SmallTf32.CudaTrainer((SmallTf32.Weights)weights, rule, context: context)),
        new("small GPT", Precision.BFloat16, s_small, () => SmallBFloat16.Weights.Initialize(Seed), (weights, rule, context) => new SmallBFloat16.CudaTrainer((SmallBFloat16.Weights)weights, rule, context: context)),
    ];
}

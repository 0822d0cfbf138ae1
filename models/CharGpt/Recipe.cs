using Transformer.Compiled.Training;

namespace Transformer.Compiled.Models;

/// <summary>How the model is trained.</summary>
internal static class Recipe
{
    public const double TrainingFraction = 0.9;
    private const int WarmupSteps = 100;

    /// <summary>AdamW from 1e-3 down to 1e-4 by half a cosine; short runs warm up for a tenth of their steps.</summary>
    public static AdamW Optimizer(int steps) => new()
    {
        LearningRate = new WarmupCosine(1e-3, 1e-4, Math.Min(WarmupSteps, steps / 10), steps),
        Beta2 = 0.99,
        WeightDecay = 0.1,
        ClipNorm = 1,
    };
}

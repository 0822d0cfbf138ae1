namespace Transformer.Compiled.Visualization;

/// <summary>What is known of a step of training; what was not measured is null.</summary>
/// <param name="Step">Updates done, this one included.</param>
/// <param name="Loss">The mean loss that was trained on.</param>
/// <param name="LearningRate">The rate of the update.</param>
/// <param name="ValidationLoss">The mean loss on other data, after the update.</param>
public readonly record struct TrainingPoint(long Step, double? Loss, double? LearningRate, double? ValidationLoss);

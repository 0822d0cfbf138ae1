using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Architectures;

/// <summary>Ends a training program's forward phase with its loss.</summary>
internal static class LossBuilder
{
    /// <summary>
    /// Appends the loss of predictions[rows, columns] and declares its input: <c>targets</c>, int [rows], for cross-entropy; <c>target_values</c>,
    /// float [rows, columns], for the other kinds.
    /// </summary>
    public static void Append(ModelGraph model, ProgramGraph program, LossSpec loss, Tensor predictions)
    {
        if (loss.Kind == LossKind.CrossEntropy)
        {
            var targets = new Tensor("targets", predictions.Shape.PerRow(), TensorRole.Input, ElementType.Int32);
            program.Add(new SoftmaxCrossEntropy(predictions, targets, Options(model, loss)));
            return;
        }
        var values = new Tensor("target_values", predictions.Shape, TensorRole.Input);
        program.Add(loss.Kind switch
        {
            LossKind.SoftTargets => new SoftTargetCrossEntropy(predictions, values),
            LossKind.BinaryCrossEntropy => new BinaryCrossEntropyLoss(predictions, values),
            LossKind.MeanSquaredError => new MeanSquaredErrorLoss(predictions, values),
            LossKind unknown => throw new ArgumentException($"{unknown} has no operation."),
        });
    }

    private static LossOptions Options(ModelGraph model, LossSpec loss)
    {
        if (loss.ClassWeights.Count == 0) return new LossOptions { LabelSmoothing = loss.LabelSmoothing };
        var weights = new ClassWeightTable(loss.ClassWeights);
        model.Tables.Add(weights);
        return new LossOptions { LabelSmoothing = loss.LabelSmoothing, ClassWeights = weights.Values };
    }
}

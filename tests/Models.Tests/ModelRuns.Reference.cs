using System.Reflection;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Runs beside the reference's.</summary>
internal static partial class ModelRuns
{
    /// <summary>Everything that the encoder computed is what the reference computes.</summary>
    public static void AssertResults(IEncoder encoder, ReferenceModel reference, OddBatches inputs, Example[] rows, Type model)
    {
        double[][][][] states = [.. rows.Select(reference.States)];
        Agreement.Values("states", Floats(states.SelectMany(layers => layers[^1])), encoder.HiddenStates);
        if (model.GetCustomAttribute<InferenceAttribute>()!.HiddenStates)
        {
            for (int layer = 0; layer < states[0].Length; layer++)
                Agreement.Values($"states {layer}", Floats(states.SelectMany(layers => layers[layer])), encoder.HiddenStatesOf(layer));
        }
        if (inputs.HasVector) Agreement.Values("pooled", Floats(rows.Select(reference.Pooled)), encoder.Pooled);
        HeadKind head = model.GetCustomAttribute<TransformerAttribute>()!.Head;
        if (head is HeadKind.LanguageModel or HeadKind.None) return;
        double[][][] logits = [.. rows.Select(reference.Logits)];
        if (head == HeadKind.SpanExtraction)
        {
            Agreement.Values("starts", Floats(logits.Select(spans => spans[0])), encoder.StartLogits);
            Agreement.Values("ends", Floats(logits.Select(spans => spans[1])), encoder.EndLogits);
        }
        else Agreement.Values("logits", Floats(logits.SelectMany(row => row)), encoder.Logits);
    }

    /// <summary>The loss of the trainer's batch and the gradient of each parameter are the reference's.</summary>
    public static void AssertLossAndGradients(Type model, ModelWeights weights, ModelTrainer trainer)
    {
        var reference = new ReferenceModel(model, weights);
        TrainingBatch batch = trainer.Batch;
        Example[] examples = Example.Of(batch);
        int[] targets = batch.Names.Contains(nameof(batch.Targets)) ? batch.Targets.ToArray() : [];
        float[] values = batch.Names.Contains(nameof(batch.TargetValues)) ? batch.TargetValues.ToArray() : [];

        Agreement.Values("loss", [(float)reference.Loss(examples, targets, values)], [trainer.Forward()]);
        trainer.Backward();
        DirectionalDifferences.AssertGradients(weights, trainer, reference, () => reference.Loss(examples, targets, values));
    }
}

using System.Reflection;
using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Runs of models beside the reference's.</summary>
internal static class ModelRuns
{
    /// <summary>Encodes one sequence or image in each row, with all that the model is told beside it.</summary>
    public static void Encode(IEncoder encoder, Example[] rows)
    {
        if (rows[0].Pixels is not null)
        {
            encoder.Encode([.. rows.SelectMany(row => row.Pixels!)]);
            return;
        }
        if (rows[0].Scale is not null) encoder.SetInputScale([.. rows.SelectMany(row => row.Scale!)]);
        if (rows[0].Pairs is not null) encoder.SetPairMask([.. rows.SelectMany(row => row.Pairs!)]);
        encoder.Encode([.. rows.SelectMany(row => row.Tokens)], [.. rows.SelectMany(row => row.Mask!)], [.. rows.SelectMany(row => row.Types ?? [])]);
    }

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

    /// <summary>Three steps of other batches; appends losses, gradients and the parameters after them.</summary>
    public static void TrainThreeSteps(ModelWeights weights, ModelTrainer trainer, OddBatches inputs, List<float> found)
    {
        for (int step = 0; step < 3; step++)
        {
            inputs.Fill(trainer.Batch, step);
            found.Add(trainer.Step());
            foreach (CheckpointTensor tensor in weights.Layout.Tensors)
            {
                var gradient = new float[OddWeights.Export(weights, tensor.Name).Length];
                trainer.ExportGradient(tensor.Name, gradient);
                found.AddRange(gradient);
            }
        }
        found.AddRange(OddWeights.ExportAll(weights));
    }

    /// <summary>Bytes that the second call allocates.</summary>
    public static long Allocated(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public static float[] Floats(IEnumerable<double[]> rows) => [.. rows.SelectMany(row => row).Select(v => (float)v)];
}

using Transformer.Compiled;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>Runs of models.</summary>
internal static partial class ModelRuns
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

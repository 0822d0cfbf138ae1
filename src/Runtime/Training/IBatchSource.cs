namespace Transformer.Compiled.Training;

/// <summary>Numbered micro-batches for any trainer. The same number always gives the same batch, so a run can be resumed anywhere.</summary>
public interface IBatchSource
{
    /// <summary>Micro-batches of an epoch; null where the data have no epochs.</summary>
    long? BatchesPerEpoch { get; }

    /// <summary>Writes micro-batch <paramref name="number"/>.</summary>
    /// <param name="number">From 0, over all epochs.</param>
    /// <param name="batch">The trainer's buffers; what stands in them from earlier batches has to be written anew.</param>
    void Fill(long number, TrainingBatch batch);
}

namespace Transformer.Compiled.Training;

/// <summary>The mean loss over a set of examples.</summary>
public static class ValidationLoss
{
    /// <summary>
    /// The mean over every target that counts in one epoch of the data, without dropout. With class weights each batch still counts by its number of
    /// targets, not by their weights.
    /// </summary>
    /// <param name="trainer">Its batch is overwritten.</param>
    /// <param name="data">Data with epochs.</param>
    /// <param name="cancellation">Checked before each batch.</param>
    /// <returns>The mean; NaN where no target counts.</returns>
    /// <exception cref="ArgumentException">The data have no epochs.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static double Of(ITrainer trainer, IBatchSource data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(data);
        long batches = data.BatchesPerEpoch ?? throw new ArgumentException("The data have no epochs, so that there is no mean over one.", nameof(data));
        double total = 0;
        long targets = 0;
        for (long number = 0; number < batches; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            data.Fill(number, trainer.Batch);
            long counted = trainer.Batch.CountedTargets();
            if (counted == 0) continue;
            total += (double)trainer.Evaluate() * counted;
            targets += counted;
        }

        return total / targets;
    }
}

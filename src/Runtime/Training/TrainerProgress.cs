namespace Transformer.Compiled.Training;

/// <summary>Where a trainer stands, besides its tensors: what a checkpoint records of it.</summary>
internal struct TrainerProgress
{
    /// <summary>Updates done.</summary>
    public long Step;

    /// <summary>Micro-batches whose gradients are accumulated since the last update.</summary>
    public int MicroBatch;

    /// <summary>The key of the dropout masks.</summary>
    public ulong Seed;

    /// <summary>The caller's own place in its data.</summary>
    public long DataPosition;

    /// <summary>What validation has seen; null for nothing.</summary>
    public ValidationProgress? Validation;
}

using Transformer.Compiled.Training;

namespace Models.Tests;

/// <summary>One sequence or image, and what a model is told beside it: a row of a batch. What a model has not got is null.</summary>
internal sealed record Example
{
    public int[] Tokens { get; init; } = [];

    public int[]? Mask { get; init; }

    public int[]? Types { get; init; }

    public float[]? Scale { get; init; }

    /// <summary>[query, key].</summary>
    public float[]? Pairs { get; init; }

    /// <summary>[channel, y, x].</summary>
    public float[]? Pixels { get; init; }

    public int[] Source { get; init; } = [];

    public int[]? SourceMask { get; init; }

    /// <summary>The rows of a trainer's batch.</summary>
    public static Example[] Of(TrainingBatch batch)
    {
        int[]? Integers(int row, string name, Func<TrainingBatch, int[]> values) => Row(batch, row, name, values);
        float[]? Floats(int row, string name, Func<TrainingBatch, float[]> values) => Row(batch, row, name, values);
        return [.. Enumerable.Range(0, batch.BatchSize).Select(row => new Example
        {
            Tokens = Integers(row, nameof(batch.Tokens), b => b.Tokens.ToArray()) ?? [],
            Mask = Integers(row, nameof(batch.AttentionMask), b => b.AttentionMask.ToArray()),
            Types = Integers(row, nameof(batch.TokenTypes), b => b.TokenTypes.ToArray()),
            Scale = Floats(row, nameof(batch.InputScale), b => b.InputScale.ToArray()),
            Pairs = Floats(row, nameof(batch.PairMask), b => b.PairMask.ToArray()),
            Pixels = Floats(row, nameof(batch.Pixels), b => b.Pixels.ToArray()),
            Source = Integers(row, nameof(batch.Sources), b => b.Sources.ToArray()) ?? [],
            SourceMask = Integers(row, nameof(batch.SourceMask), b => b.SourceMask.ToArray()),
        })];
    }

    private static T[]? Row<T>(TrainingBatch batch, int row, string name, Func<TrainingBatch, T[]> values)
    {
        if (!batch.Names.Contains(name)) return null;
        T[] all = values(batch);
        int length = all.Length / batch.BatchSize;
        return all[(row * length)..((row + 1) * length)];
    }
}

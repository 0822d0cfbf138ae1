namespace Transformer.Compiled.Training;

/// <summary>Writes one example into a row of a batch, all that the model reads of it and its targets.</summary>
/// <param name="batch">The batch; see <see cref="TrainingRowExtensions"/>.</param>
/// <param name="row">The example's row.</param>
/// <param name="example">What to write.</param>
/// <param name="place">The example's number in the endless run of epochs, for draws that differ each time that it comes (<see cref="TokenMasking"/>).</param>
public delegate void RowWriter<in T>(TrainingBatch batch, int row, T example, long place);

/// <summary>
/// Examples in batches, epoch after epoch, each example once in each. The last batch of an epoch has what is left, and rows that count for nothing.
/// </summary>
/// <remarks>Batches depend on seed and number alone, so a run can be resumed anywhere.</remarks>
public sealed class ExampleBatches<T> : IBatchSource
{
    private readonly IReadOnlyList<T> _examples;
    private readonly int _batchSize;
    private readonly DataShuffle? _shuffle;
    private readonly RowWriter<T> _write;

    /// <summary>Examples shuffled anew for each epoch.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="batchSize">Rows of a batch: the trainer's.</param>
    /// <param name="seed">The key of the shuffles.</param>
    /// <param name="write">Writes one row.</param>
    /// <exception cref="ArgumentException">There is no example.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is not positive.</exception>
    public ExampleBatches(IReadOnlyList<T> examples, int batchSize, ulong seed, RowWriter<T> write)
        : this(examples, batchSize, write) => _shuffle = new DataShuffle(examples.Count, seed);

    /// <summary>Examples in the order given, for validation.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="batchSize">Rows of a batch: the trainer's.</param>
    /// <param name="write">Writes one row.</param>
    /// <exception cref="ArgumentException">There is no example.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is not positive.</exception>
    public ExampleBatches(IReadOnlyList<T> examples, int batchSize, RowWriter<T> write)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (examples.Count == 0) throw new ArgumentException("There must be an example.", nameof(examples));
        _examples = examples;
        _batchSize = batchSize;
        _write = write;
    }

    /// <summary>The token that rows without an example are made of. The default is 0.</summary>
    public int Padding { get; init; }

    /// <summary>⌈examples / batch size⌉.</summary>
    public long BatchesPerEpoch => (_examples.Count + (long)_batchSize - 1) / _batchSize;

    long? IBatchSource.BatchesPerEpoch => BatchesPerEpoch;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The trainer has another batch size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public void Fill(long number, TrainingBatch batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.BatchSize != _batchSize) throw new ArgumentException($"The trainer's batches have {batch.BatchSize} rows; the examples' have {_batchSize}.", nameof(batch));

        (long epoch, long inEpoch) = Math.DivRem(number, BatchesPerEpoch);
        for (int row = 0; row < _batchSize; row++)
        {
            long index = (inEpoch * _batchSize) + row;
            if (index >= _examples.Count)
            {
                batch.IgnoreRow(row, Padding);
                continue;
            }

            long place = (epoch * _examples.Count) + index;
            _write(batch, row, _examples[_shuffle is null ? (int)index : _shuffle[place]], place);
        }
    }
}

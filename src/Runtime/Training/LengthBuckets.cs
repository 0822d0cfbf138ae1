namespace Transformer.Compiled.Training;

/// <summary>The length of an example in tokens, or the longest that a bucket takes.</summary>
/// <param name="Tokens">Tokens of the sequence, or of the target where there is a source.</param>
/// <param name="SourceTokens">Tokens of the source; 0 where there is none.</param>
public readonly record struct ExampleLength(int Tokens, int SourceTokens = 0)
{
    /// <summary>Whether an example of this length fits a bucket.</summary>
    public bool Fits(ExampleLength bucket) => Tokens <= bucket.Tokens && SourceTokens <= bucket.SourceTokens;

    /// <inheritdoc/>
    public override string ToString() => SourceTokens == 0 ? $"{Tokens}" : $"{SourceTokens} → {Tokens}";
}

/// <summary>A batch of examples of one bucket.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Count">Examples; the other rows of the batch count for nothing.</param>
public readonly record struct BucketBatch(int Bucket, int Count);

/// <summary>
/// Examples sorted into static lengths, so that short ones are not padded to the longest: each goes to the first bucket that it fits, and each batch
/// is of one bucket. In each epoch the examples of a bucket and the order of all batches are shuffled; the last batch of a bucket has what is left.
/// </summary>
/// <remarks>Batches depend on seed and number alone, so a run can be resumed anywhere. Keeps one epoch's order.</remarks>
public sealed class LengthBuckets
{
    private readonly ExampleLength[] _lengths;
    private readonly int[][] _members;
    private readonly int _batchSize;
    private readonly ulong _seed;
    private readonly int[][] _orders;
    private readonly (int Bucket, int Start)[] _batches;
    private long _epoch = -1;

    /// <param name="buckets">The longest examples of each, from the bucket to prefer on.</param>
    /// <param name="examples">The examples' lengths, at least one.</param>
    /// <param name="batchSize">Rows of a batch, at least 1.</param>
    /// <param name="seed">The key of the shuffles.</param>
    /// <exception cref="ArgumentException">There is no example, or one fits no bucket; the message names it, its length and the buckets.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is not positive.</exception>
    public LengthBuckets(IReadOnlyList<ExampleLength> buckets, IReadOnlyList<ExampleLength> examples, int batchSize, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (examples.Count == 0) throw new ArgumentException("There must be an example.", nameof(examples));
        _lengths = [.. buckets];
        _batchSize = batchSize;
        _seed = seed;

        var members = Array.ConvertAll(_lengths, _ => new List<int>());
        for (int example = 0; example < examples.Count; example++) members[BucketOf(examples[example], example)].Add(example);
        _members = Array.ConvertAll(members, list => list.ToArray());
        _orders = Array.ConvertAll(_members, list => new int[list.Length]);
        _batches = new (int, int)[_members.Sum(list => (list.Length + batchSize - 1) / batchSize)];
    }

    /// <summary>The longest examples of each bucket.</summary>
    public IReadOnlyList<ExampleLength> Lengths => _lengths;

    /// <summary>Batches of an epoch, of all buckets.</summary>
    public int BatchesPerEpoch => _batches.Length;

    /// <summary>The indices of a bucket's examples, in the order given.</summary>
    /// <param name="bucket">From 0, in the order of <see cref="Lengths"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bucket.</exception>
    public IReadOnlyList<int> Members(int bucket) => (uint)bucket < (uint)_members.Length
        ? _members[bucket]
        : throw new ArgumentOutOfRangeException(nameof(bucket), bucket, $"Bucket {bucket} is not one of the {_members.Length}, numbered from 0.");

    /// <summary>The examples of a batch.</summary>
    /// <param name="number">From 0, over all epochs.</param>
    /// <param name="examples">[batch size]: the examples' indices, and −1 for each row without one.</param>
    /// <exception cref="ArgumentException">The room is not one batch.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public BucketBatch Batch(long number, Span<int> examples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        if (examples.Length != _batchSize) throw new ArgumentException($"There is room for {examples.Length} examples; a batch has {_batchSize}.", nameof(examples));
        (long epoch, long inEpoch) = Math.DivRem(number, BatchesPerEpoch);
        if (epoch != _epoch) Shuffle(epoch);

        (int bucket, int start) = _batches[inEpoch];
        int count = Math.Min(_batchSize, _orders[bucket].Length - start);
        _orders[bucket].AsSpan(start, count).CopyTo(examples);
        examples[count..].Fill(-1);
        return new BucketBatch(bucket, count);
    }

    private int BucketOf(ExampleLength length, int example)
    {
        int bucket = Array.FindIndex(_lengths, length.Fits);
        return bucket >= 0
            ? bucket
            : throw new ArgumentException($"Example {example} has {length} tokens and fits none of the buckets {string.Join(", ", _lengths)}.", "examples");
    }

    private void Shuffle(long epoch)
    {
        var draws = new DataDraws(DataDraws.Buckets, _seed, epoch);
        int batch = 0;
        for (int bucket = 0; bucket < _members.Length; bucket++)
        {
            _members[bucket].CopyTo(_orders[bucket], 0);
            Shuffle(_orders[bucket], ref draws);
            for (int start = 0; start < _members[bucket].Length; start += _batchSize) _batches[batch++] = (bucket, start);
        }

        Shuffle(_batches, ref draws);
        _epoch = epoch;
    }

    /// <summary>Fisher and Yates 1938, by Durstenfeld 1964.</summary>
    private static void Shuffle<T>(Span<T> items, ref DataDraws draws)
    {
        for (int index = items.Length - 1; index > 0; index--)
        {
            int other = draws.Below(index + 1);
            (items[index], items[other]) = (items[other], items[index]);
        }
    }
}

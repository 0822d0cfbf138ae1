using System.Globalization;

namespace Transformer.Compiled.Visualization;

/// <summary>
/// Visible attention of one sequence: the weights with which each query token looked at each key token, per layer and head.
/// </summary>
/// <remarks>
/// Weights are [<see cref="Layers"/>, <see cref="Heads"/>, <see cref="Rows"/>, <see cref="Columns"/>] in row order: rows are queries, columns
/// are keys. Where a model uses the probabilities of its softmax, the visible keys of a row sum to 1 and hidden ones are 0; a row that sees no
/// key is all 0. Immutable, and safe for any number of threads.
/// </remarks>
public sealed class AttentionRecord
{
    private readonly float[] _weights;
    private readonly float[]?[] _averages;
    private readonly string[] _queryTokens;
    private readonly string[] _keyTokens;

    /// <summary>Copies weights and tokens.</summary>
    /// <param name="kind">Who looks at whom.</param>
    /// <param name="layers">Layers, at least 1.</param>
    /// <param name="heads">Heads of a layer, at least 1.</param>
    /// <param name="queryTokens">The text of each row, at least one.</param>
    /// <param name="keyTokens">The text of each column, at least one.</param>
    /// <param name="weights">[layers, heads, rows, columns], finite and not negative.</param>
    /// <exception cref="ArgumentException">There is no token, the sizes are not those of the weights, a token is null, or a weight is negative, infinite or NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of <see cref="AttentionKind"/>, or there is no layer or head.</exception>
    public AttentionRecord(
        AttentionKind kind, int layers, int heads, IReadOnlyList<string> queryTokens, IReadOnlyList<string> keyTokens, ReadOnlySpan<float> weights)
        : this(kind, layers, heads, Copied(queryTokens, nameof(queryTokens)), Copied(keyTokens, nameof(keyTokens)), weights.ToArray())
    {
    }

    private AttentionRecord(AttentionKind kind, int layers, int heads, string[] queryTokens, string[] keyTokens, float[] weights)
    {
        if (!Enum.IsDefined(kind)) throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of attention.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heads);
        ThrowIfNotOfSize(weights, layers, heads, queryTokens.Length, keyTokens.Length);
        Kind = kind;
        Layers = layers;
        Heads = heads;
        _queryTokens = queryTokens;
        _keyTokens = keyTokens;
        _weights = weights;
        _averages = new float[layers][];
        ThrowIfNotWeights();
    }

    /// <summary>The same weights under other tokens.</summary>
    private AttentionRecord(AttentionRecord other, string[] queryTokens, string[] keyTokens)
    {
        Kind = other.Kind;
        Layers = other.Layers;
        Heads = other.Heads;
        _queryTokens = queryTokens;
        _keyTokens = keyTokens;
        _weights = other._weights;
        _averages = other._averages;
    }

    /// <summary>Who looks at whom.</summary>
    public AttentionKind Kind { get; }

    /// <summary>Layers.</summary>
    public int Layers { get; }

    /// <summary>Heads of a layer.</summary>
    public int Heads { get; }

    /// <summary>Queries.</summary>
    public int Rows => _queryTokens.Length;

    /// <summary>Keys.</summary>
    public int Columns => _keyTokens.Length;

    /// <summary>The text of each row.</summary>
    public IReadOnlyList<string> QueryTokens => Array.AsReadOnly(_queryTokens);

    /// <summary>The text of each column.</summary>
    public IReadOnlyList<string> KeyTokens => Array.AsReadOnly(_keyTokens);

    /// <summary>All weights, [<see cref="Layers"/>, <see cref="Heads"/>, <see cref="Rows"/>, <see cref="Columns"/>].</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>One weight.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer, head, row or column.</exception>
    public float this[int layer, int head, int row, int column]
    {
        get
        {
            ThrowIfOutside(row, Rows, nameof(row));
            ThrowIfOutside(column, Columns, nameof(column));
            return Head(layer, head)[(row * Columns) + column];
        }
    }

    /// <summary>The weights of a head, [<see cref="Rows"/>, <see cref="Columns"/>].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or head.</exception>
    public ReadOnlySpan<float> Head(int layer, int head)
    {
        ThrowIfOutside(layer, Layers, nameof(layer));
        ThrowIfOutside(head, Heads, nameof(head));
        int size = Rows * Columns;
        return _weights.AsSpan(((layer * Heads) + head) * size, size);
    }

    /// <summary>The mean of a layer's heads, [<see cref="Rows"/>, <see cref="Columns"/>].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public ReadOnlySpan<float> Average(int layer)
    {
        ThrowIfOutside(layer, Layers, nameof(layer));
        return _averages[layer] ??= MeanOfHeads(layer);
    }

    /// <summary>The same weights under other tokens, for instance the texts of token ids.</summary>
    /// <exception cref="ArgumentException">A number of tokens is not that of rows or columns, or a token is null.</exception>
    public AttentionRecord WithTokens(IReadOnlyList<string> queryTokens, IReadOnlyList<string> keyTokens)
    {
        string[] queries = Copied(queryTokens, nameof(queryTokens));
        string[] keys = Copied(keyTokens, nameof(keyTokens));
        ThrowIfOfOtherLength(queries.Length, Rows, "rows", nameof(queryTokens));
        ThrowIfOfOtherLength(keys.Length, Columns, "columns", nameof(keyTokens));
        return new AttentionRecord(this, queries, keys);
    }

    /// <summary>Takes hold of an array that nobody else has.</summary>
    internal static AttentionRecord Of(
        AttentionKind kind, int layers, int heads, IReadOnlyList<string> queryTokens, IReadOnlyList<string> keyTokens, float[] weights) =>
        new(kind, layers, heads, Copied(queryTokens, nameof(queryTokens)), Copied(keyTokens, nameof(keyTokens)), weights);

    internal static void ThrowIfOfOtherLength(int found, int expected, string what, string name)
    {
        if (found != expected) throw new ArgumentException($"There are {found} tokens for {expected} {what}.", name);
    }

    private static string[] Copied(IReadOnlyList<string> tokens, string name)
    {
        ArgumentNullException.ThrowIfNull(tokens, name);
        if (tokens.Count == 0) throw new ArgumentException("There is no token.", name);
        string[] copy = [.. tokens];
        int missing = Array.IndexOf(copy, null);
        return missing < 0 ? copy : throw new ArgumentException($"Token {missing} is null.", name);
    }

    private static void ThrowIfNotOfSize(float[] weights, int layers, int heads, int rows, int columns)
    {
        if (weights.Length == (Int128)layers * heads * rows * columns) return;
        throw new ArgumentException(
            $"There are {weights.Length} weights; {layers} layers × {heads} heads × {rows} queries × {columns} keys are {(Int128)layers * heads * rows * columns}.",
            nameof(weights));
    }

    private static void ThrowIfOutside(int index, int count, string name)
    {
        if ((uint)index >= (uint)count) throw new ArgumentOutOfRangeException(name, index, $"There are {count}, numbered from 0.");
    }

    private void ThrowIfNotWeights()
    {
        int wrong = Array.FindIndex(_weights, weight => !(weight >= 0 && float.IsFinite(weight)));
        if (wrong < 0) return;
        int matrix = wrong / (Rows * Columns);
        string value = _weights[wrong].ToString(CultureInfo.InvariantCulture);
        throw new ArgumentException(
            $"The weight of layer {matrix / Heads}, head {matrix % Heads}, query {wrong / Columns % Rows}, key {wrong % Columns} is {value}; "
                + "weights are finite and not negative.",
            "weights");
    }

    private float[] MeanOfHeads(int layer)
    {
        var mean = new float[Rows * Columns];
        for (int i = 0; i < mean.Length; i++)
        {
            double sum = 0;
            for (int head = 0; head < Heads; head++) sum += _weights[(((layer * Heads) + head) * mean.Length) + i];
            mean[i] = (float)(sum / Heads);
        }
        return mean;
    }
}

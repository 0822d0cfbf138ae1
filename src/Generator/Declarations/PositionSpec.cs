namespace Transformer.Compiled.Generator.Declarations;

internal enum PositionKind
{
    None,
    Learned,
    Sinusoidal,
    Rotary,

    /// <summary>A learned bias on the score for each head and bucket of distances (Raffel et al., 2020).</summary>
    RelativeBias,

    /// <summary>A learned vector for each distance, multiplied with the query (Shaw et al., 2018; BERT's relative_key).</summary>
    RelativeKeys,

    /// <summary>As <see cref="RelativeKeys"/>, and multiplied with the key too (BERT's relative_key_query).</summary>
    RelativeKeysAndQueries,

    /// <summary>As <see cref="RelativeKeys"/>, and another vector for each distance, added to the value (Shaw et al., 2018, equation 3).</summary>
    RelativeKeysAndValues,

    /// <summary>A bias that grows with the distance (Press et al., 2022).</summary>
    Alibi,

    /// <summary>Learned vectors added to queries, keys and values, each with tables of its own.</summary>
    LearnedPerProjection,
}

/// <summary>Where the two members of a rotated or sine/cosine pair stand: i and i + n/2, or 2i and 2i + 1.</summary>
internal enum PairLayout { Halves, Interleaved }

internal enum RotaryScalingKind { None, Linear, Llama3 }

/// <summary>How a position's vector meets the token's.</summary>
internal enum PositionCombination
{
    Added,

    /// <summary>Beside it: the token's vector is narrower by as much.</summary>
    Concatenated,

    /// <summary>Beside a token's vector of the full width; a projection brings both to that width.</summary>
    ConcatenatedAndProjected,
}

internal sealed record PositionSpec
{
    public required PositionKind Kind { get; init; }
    public required PairLayout Layout { get; init; }

    /// <summary>
    /// Rows of the learned position table: the context length of the checkpoint, which may be longer than the one compiled for, and the rows
    /// before the first position. For relative keys the 2 · M − 1 distances. 0 for other kinds.
    /// </summary>
    public required int LearnedLength { get; init; }

    /// <summary>The base of the geometric series of wavelengths (rotary and sinusoidal).</summary>
    public required double Theta { get; init; }

    /// <summary>How many leading elements of each head are rotated; even, at most HeadDim.</summary>
    public required int RotaryDim { get; init; }
    public required RotaryScalingSpec Scaling { get; init; }

    /// <summary>The row of a learned table that the first position has.</summary>
    public int Offset { get; init; }

    /// <summary>The token whose position is its own id and which later positions do not count (RoBERTa's padding); −1 for none.</summary>
    public int PaddingToken { get; init; } = -1;

    /// <summary>Rows of a relative bias's table, and the distance from which all share the last one.</summary>
    public int Buckets { get; init; }

    public int MaxDistance { get; init; }

    public PositionCombination Combination { get; init; }

    /// <summary>Width of a position's vector where it stands beside the token's.</summary>
    public int Width { get; init; }

    /// <summary>Whether positions are added again before each layer.</summary>
    public bool EveryLayer { get; init; }

    /// <summary>Whether each position has a vector that joins the embedding.</summary>
    public bool IsAbsolute => Kind is PositionKind.Learned or PositionKind.Sinusoidal;
}

internal sealed record RotaryScalingSpec
{
    public required RotaryScalingKind Kind { get; init; }
    public required double Factor { get; init; }
    public required double LowFrequencyFactor { get; init; }
    public required double HighFrequencyFactor { get; init; }
    public required int OriginalContextLength { get; init; }
}

using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Kernels;

// What attention may have besides q, k and v, for query i, key j and head h of a sequence:
//
//   s_ij = scale · q_i·k_j + distances[h, T − 1 + j − i] + scores[h, i, j] + pairs[i, j]      −∞ where the key mask is 0
//   p_ij = softmax_j(s_ij) · factors[i, j]                                                    not normalised again
//
// All but the mask are contiguous along the keys of a query: the distances of the next query begin one element earlier.

/// <summary>Whether attention has terms; models without them pay nothing for those that have.</summary>
internal interface ITermChoice
{
    static abstract bool HasTerms { get; }
}

internal readonly struct WithoutTerms : ITermChoice
{
    public static bool HasTerms => false;
}

internal readonly struct WithTerms : ITermChoice
{
    public static bool HasTerms => true;
}

/// <summary>The terms of whole sequences; null for those that a model has not got.</summary>
internal unsafe struct AttentionTerms
{
    /// <summary>[sequences, keys].</summary>
    public int* KeyMask;

    /// <summary>[heads, 2 · <see cref="Reach"/> − 1].</summary>
    public float* Distances;

    /// <summary>T: no sequence is longer.</summary>
    public int Reach;

    /// <summary>[sequences, heads, queries, keys].</summary>
    public float* Scores;

    /// <summary>[sequences, queries, keys].</summary>
    public float* Pairs, Factors;

    public int Heads, Queries, Keys;

    public AttentionTerms(
        Pointer<int> keyMask, Pointer<float> distances, int reach, Pointer<float> scores, Pointer<float> pairs, Pointer<float> factors, int heads, int queries, int keys)
    {
        KeyMask = keyMask.Value;
        Distances = distances.Value;
        Reach = reach;
        Scores = scores.Value;
        Pairs = pairs.Value;
        Factors = factors.Value;
        Heads = heads;
        Queries = queries;
        Keys = keys;
        if (Distances != null && Math.Max(queries, keys) > reach)
            throw new ArgumentOutOfRangeException(nameof(reach), $"The distances reach over {reach} positions; the sequences have {queries} queries and {keys} keys.");
    }

    /// <summary>The terms of consecutive queries of a head.</summary>
    public readonly TermRows Rows(int sequence, int head, int query)
    {
        nint pair = ((nint)sequence * Queries + query) * Keys;
        TermRows rows = new() { DistanceStride = -1, ScoreStride = Keys, PairStride = Keys };
        if (KeyMask != null) rows.KeyMask = KeyMask + (nint)sequence * Keys;
        if (Distances != null) rows.Distances = Distances + (nint)head * (2 * Reach - 1) + Reach - 1 - query;
        if (Scores != null) rows.Scores = Scores + (((nint)sequence * Heads + head) * Queries + query) * Keys;
        if (Pairs != null) rows.Pairs = Pairs + pair;
        if (Factors != null) rows.Factors = Factors + pair;
        return rows;
    }

    /// <summary>The first key of a sequence that the mask leaves, and the end of those that it leaves.</summary>
    public readonly (int First, int End) Visible(int sequence) => Visible(KeyMask == null ? null : KeyMask + (nint)sequence * Keys, Keys);

    /// <summary>The first key that a mask leaves, and the end of those that it leaves; (0, 0) where it leaves none.</summary>
    public static (int First, int End) Visible(int* mask, int keys)
    {
        if (mask == null) return (0, keys);
        while (keys > 0 && mask[keys - 1] == 0) keys--;
        int first = 0;
        while (first < keys && mask[first] == 0) first++;
        return (first, keys);
    }
}

/// <summary>The terms of some rows of scores, each at its first key.</summary>
internal unsafe struct TermRows
{
    /// <summary>The mask that all rows share.</summary>
    public int* KeyMask;

    public float* Distances, Scores, Pairs, Factors;

    /// <summary>Floats from one row to the next.</summary>
    public nint DistanceStride, ScoreStride, PairStride;

    /// <summary>Where rows are at positions of their own: the distances of a row begin so many elements earlier.</summary>
    public int* Positions;

    /// <summary>Turns a stretch of the mask into −∞ for hidden keys, zeros for the rest.</summary>
    public readonly void WriteHidden(int key, int count, float* hidden)
    {
        if (KeyMask == null) return;
        for (int j = 0; j < count; j++) hidden[j] = KeyMask[key + j] == 0 ? float.NegativeInfinity : 0f;
    }

    /// <summary>Adds what is added to a row's scaled scores.</summary>
    /// <param name="row">The row.</param>
    /// <param name="key">The first of its keys.</param>
    /// <param name="count">The number of keys; the scores have room for whole panels.</param>
    /// <param name="scale">What the scores are to be multiplied with.</param>
    /// <param name="hidden">From <see cref="WriteHidden"/>, with room for whole panels.</param>
    /// <param name="scores">Products of queries and keys.</param>
    /// <returns>What the scores are still to be multiplied with: the scale, or 1 where something was added.</returns>
    public readonly float Add<TSimd, V>(int row, int key, int count, float scale, float* hidden, float* scores)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        if (Distances != null)
        {
            Add<TSimd, V>(Distances + row * DistanceStride + key - (Positions == null ? 0 : Positions[row]), count, scale, scores);
            scale = 1f;
        }
        if (Scores != null)
        {
            Add<TSimd, V>(Scores + row * ScoreStride + key, count, scale, scores);
            scale = 1f;
        }
        if (Pairs != null)
        {
            Add<TSimd, V>(Pairs + row * PairStride + key, count, scale, scores);
            scale = 1f;
        }
        if (KeyMask != null) Hide<TSimd, V>(hidden, count, scores);
        return scale;
    }

    /// <summary>Multiplies a row's probabilities, or their dropout factors, with the factors.</summary>
    public readonly void Multiply<TSimd, V>(int row, int key, int count, float* probabilities)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        if (Factors == null) return;
        float* factors = Factors + row * PairStride + key;
        int j = 0;
        for (; j <= count - TSimd.Width; j += TSimd.Width)
            TSimd.Store(probabilities + j, TSimd.Multiply(TSimd.Load(probabilities + j), TSimd.Load(factors + j)));
        if (j < count) TSimd.Store(probabilities + j, TSimd.Multiply(TSimd.Load(probabilities + j), TSimd.LoadPartial(factors + j, count - j)));
    }

    /// <summary>scores = scale · scores + term; the scores have room for whole vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add<TSimd, V>(float* term, int count, float scale, float* scores)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        V factor = TSimd.Broadcast(scale);
        int j = 0;
        for (; j <= count - TSimd.Width; j += TSimd.Width)
            TSimd.Store(scores + j, TSimd.MultiplyAdd(TSimd.Load(scores + j), factor, TSimd.Load(term + j)));
        if (j < count) TSimd.Store(scores + j, TSimd.MultiplyAdd(TSimd.Load(scores + j), factor, TSimd.LoadPartial(term + j, count - j)));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Hide<TSimd, V>(float* hidden, int count, float* scores)
        where TSimd : struct, ISimd<V>
        where V : struct
    {
        for (int j = 0; j < count; j += TSimd.Width)
        {
            V bias = TSimd.Load(hidden + j);
            TSimd.Store(scores + j, TSimd.Select(TSimd.LessThan(bias, TSimd.Zero), bias, TSimd.Load(scores + j)));
        }
    }
}

using System.ComponentModel;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// scores[h, i, j] = scale · q[i, h]·table[M − 1 + clip(i − j)] + addend            clip to ±(M − 1); or with k[j, h] for q[i, h]
// dq[i, h] = scale · Σ j  dScores[h, i, j] · table[M − 1 + clip(i − j)] + addend
// dTable[t] = scale · Σ dScores[h, i, j] · q[i, h]  over all sequences, heads and pairs whose distance has row t  + addend
//
// A block of positions times a band of the table is a matrix product. Each of its rows is a run of the scores, one place further
// than the row before; distances beyond the table repeat an end of it.

/// <summary>Scores and values of attention by vectors of distances (Shaw et al. 2018; relative_key and relative_key_query of Hugging Face's BERT).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class RelativeScores
{
    /// <summary>Positions of a block.</summary>
    private const int Block = 64;

    private const int MostHeadDim = 1024;

    /// <summary>scores[sequences, Heads, queries, keys], all of it.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="x">The queries [sequences · queries, VectorHeads · HeadDim], or the keys; several heads may share a key's.</param>
    /// <param name="table">[Table, HeadDim], Table = 2M − 1.</param>
    /// <param name="addend">Shaped like the scores and maybe them; or none.</param>
    /// <param name="scale">What products are multiplied with.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="queries">Queries of each.</param>
    /// <param name="keys">Keys of each.</param>
    /// <param name="scores">The result.</param>
    public static void Forward<THeads, TVectorHeads, THeadDim, TTable, TSide>(
        ComputeTeam team, Pointer<float> x, Pointer<float> table, Pointer<float> addend, float scale, int sequences, int queries, int keys, Pointer<float> scores)
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide =>
        Forward<THeads, TVectorHeads, THeadDim, TTable, TSide, Fastest>(team, x, table, addend, scale, sequences, queries, keys, scores);

    /// <summary>dx, shaped like x; the addend (or none) may be dx.</summary>
    public static void InputGradient<THeads, TVectorHeads, THeadDim, TTable, TSide>(
        ComputeTeam team, Pointer<float> dScores, Pointer<float> table, Pointer<float> addend, float scale, int sequences, int queries, int keys, Pointer<float> dx)
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide =>
        InputGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, Fastest>(team, dScores, table, addend, scale, sequences, queries, keys, dx);

    /// <summary>dTable[Table, HeadDim], all of it; the addend (or none) may be dTable.</summary>
    public static void TableGradient<THeads, TVectorHeads, THeadDim, TTable, TSide>(
        ComputeTeam team, Pointer<float> dScores, Pointer<float> x, Pointer<float> addend, float scale, int sequences, int queries, int keys, Pointer<float> dTable)
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide =>
        TableGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, Fastest>(team, dScores, x, addend, scale, sequences, queries, keys, dTable);

    /// <summary>
    /// The scores [rows, Heads, Context] of queries in a cache: those of positions that no row of this call has reached are zero.
    /// </summary>
    /// <param name="team">The threads.</param>
    /// <param name="q">[rows, Heads · HeadDim].</param>
    /// <param name="table">[Table, HeadDim].</param>
    /// <param name="positions">[rows], below Context.</param>
    /// <param name="scale">What products are multiplied with.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="scores">The result.</param>
    public static void Cached<THeads, THeadDim, TTable, TContext>(
        ComputeTeam team, Pointer<float> q, Pointer<float> table, Pointer<int> positions, float scale, int rows, Pointer<float> scores)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension => Cached<THeads, THeadDim, TTable, TContext, Fastest>(team, q, table, positions, scale, rows, scores);

    internal static void Forward<THeads, TVectorHeads, THeadDim, TTable, TSide, TInstructions>(
        ComputeTeam team, Pointer<float> x, Pointer<float> table, Pointer<float> addend, float scale, int sequences, int queries, int keys, Pointer<float> scores)
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
        where TInstructions : struct, IInstructions
    {
        Pairs<THeads, TVectorHeads, THeadDim, TSide> pairs = new(scores.Value, scale, queries, keys);
        TaskList.Run<ForwardKernel<THeads, TVectorHeads, THeadDim, TTable, TSide>, TInstructions>(
            team, new(pairs, x.Value, table.Value, addend.Value), sequences * THeads.Value * pairs.Blocks, pairs.Work(sequences));
    }

    internal static void InputGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, TInstructions>(
        ComputeTeam team, Pointer<float> dScores, Pointer<float> table, Pointer<float> addend, float scale, int sequences, int queries, int keys, Pointer<float> dx)
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
        where TInstructions : struct, IInstructions
    {
        Pairs<THeads, TVectorHeads, THeadDim, TSide> pairs = new(dScores.Value, scale, queries, keys);
        TaskList.Run<InputGradientKernel<THeads, TVectorHeads, THeadDim, TTable, TSide>, TInstructions>(
            team, new(pairs, table.Value, addend.Value, dx.Value), sequences * TVectorHeads.Value * pairs.Blocks, pairs.Work(sequences));
    }

    internal static void TableGradient<THeads, TVectorHeads, THeadDim, TTable, TSide, TInstructions>(
        ComputeTeam team, Pointer<float> dScores, Pointer<float> x, Pointer<float> addend, float scale, int sequences, int queries, int keys, Pointer<float> dTable)
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
        where TInstructions : struct, IInstructions
    {
        Pairs<THeads, TVectorHeads, THeadDim, TSide> pairs = new(dScores.Value, scale, queries, keys);
        TaskList.Run<TableGradientKernel<THeads, TVectorHeads, THeadDim, TTable, TSide>, TInstructions>(
            team, new(pairs, x.Value, addend.Value, sequences, dTable.Value), RelativeBand<TTable, TSide>.Count, pairs.Work(sequences));
    }

    internal static void Cached<THeads, THeadDim, TTable, TContext, TInstructions>(
        ComputeTeam team, Pointer<float> q, Pointer<float> table, Pointer<int> positions, float scale, int rows, Pointer<float> scores)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        int reached = Reached<TContext>(positions, rows);
        CheckHeadDim(THeadDim.Value);
        TaskList.Run<CachedKernel<THeads, THeadDim, TTable, TContext>, TInstructions>(
            team, new(q.Value, table.Value, positions.Value, scale, reached, scores.Value), rows * RelativeBand<TTable, RelativeQueries>.Count,
            (long)rows * reached * THeads.Value * THeadDim.Value);
    }

    /// <summary>The most keys that a row has, its own included.</summary>
    private static int Reached<TContext>(Pointer<int> positions, int rows)
        where TContext : struct, IDimension
    {
        KeyValueCache.CheckPositions<TContext>(positions, rows);
        int reached = 0;
        for (int row = 0; row < rows; row++) reached = Math.Max(reached, positions.Value[row] + 1);
        return reached;
    }

    private static void CheckHeadDim(int headDim)
    {
        if (headDim > MostHeadDim) throw new NotSupportedException($"Heads with scores by distance have at most {MostHeadDim} dimensions, not {headDim}.");
    }

    /// <summary>The scores or their gradient, and the blocks of positions whose vectors meet the table.</summary>
    private readonly struct Pairs<THeads, TVectorHeads, THeadDim, TSide>
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TSide : struct, IRelativeSide
    {
        private readonly float* _scores;

        public readonly float Scale;
        public readonly int Queries;
        public readonly int Keys;

        public Pairs(float* scores, float scale, int queries, int keys)
        {
            CheckHeadDim(THeadDim.Value);
            _scores = scores;
            Scale = scale;
            Queries = queries;
            Keys = keys;
        }

        /// <summary>Positions of a sequence that have the vectors.</summary>
        public int Positions => TSide.Descends ? Queries : Keys;

        public int Others => TSide.Descends ? Keys : Queries;

        public int Blocks => (Positions + Block - 1) / Block;

        /// <summary>Heads that share a vector.</summary>
        public static int Group => THeads.Value / TVectorHeads.Value;

        /// <summary>Floats from one position's vectors to the next one's.</summary>
        public static nint Stride => (nint)TVectorHeads.Value * THeadDim.Value;

        public long Work(int sequences) => (long)sequences * THeads.Value * Queries * Keys * THeadDim.Value;

        /// <summary>The offset of a head's scores, as of their addend.</summary>
        public nint HeadOffset(int sequence, int head) => (((nint)sequence * THeads.Value) + head) * Queries * Keys;

        public float* Head(int sequence, int head) => _scores + HeadOffset(sequence, head);

        /// <summary>The offset of a vector.</summary>
        public nint VectorOffset(int sequence, int position, int vectorHead) =>
            ((((nint)sequence * Positions) + position) * Stride) + ((nint)vectorHead * THeadDim.Value);
    }
}

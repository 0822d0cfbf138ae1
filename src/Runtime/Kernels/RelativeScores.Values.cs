using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

// y[i, h] = o[i, h] + Σ_j weights[h, i, j] · table[M − 1 + clip(i − j)]            (Shaw et al. 2018, equation 3)
//
// That is how scores give the gradient of queries, so whole sequences take that way. A task of the cached values is a row's block of heads,
// for which it goes through all bands in order.
public static unsafe partial class RelativeScores
{
    /// <summary>What attention's weights gather by distance, added to what they gather of the values.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="weights">[sequences, Heads, queries, keys], zeros for what a query does not see.</param>
    /// <param name="table">[Table, HeadDim], Table = 2M − 1, HeadDim that of the values.</param>
    /// <param name="o">[sequences · queries, Heads · HeadDim], or none; may be y.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="queries">Queries of each.</param>
    /// <param name="keys">Keys of each.</param>
    /// <param name="y">The result, shaped like o.</param>
    public static void Values<THeads, THeadDim, TTable>(
        ComputeTeam team, Pointer<float> weights, Pointer<float> table, Pointer<float> o, int sequences, int queries, int keys, Pointer<float> y)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension => Values<THeads, THeadDim, TTable, Fastest>(team, weights, table, o, sequences, queries, keys, y);

    /// <summary>The same for rows that attend to a cache, whose weights for positions that no row of this call has reached are not read.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="weights">[rows, Heads, Context], zeros for what a row does not see.</param>
    /// <param name="table">[Table, HeadDim], HeadDim that of the values.</param>
    /// <param name="positions">[rows], below Context.</param>
    /// <param name="o">[rows, Heads · HeadDim], or none; may be y.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="y">The result, shaped like o.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is not below Context.</exception>
    public static void CachedValues<THeads, THeadDim, TTable, TContext>(
        ComputeTeam team, Pointer<float> weights, Pointer<float> table, Pointer<int> positions, Pointer<float> o, int rows, Pointer<float> y)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension => CachedValues<THeads, THeadDim, TTable, TContext, Fastest>(team, weights, table, positions, o, rows, y);

    internal static void Values<THeads, THeadDim, TTable, TInstructions>(
        ComputeTeam team, Pointer<float> weights, Pointer<float> table, Pointer<float> o, int sequences, int queries, int keys, Pointer<float> y)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TInstructions : struct, IInstructions =>
        InputGradient<THeads, THeads, THeadDim, TTable, RelativeQueries, TInstructions>(team, weights, table, o, 1f, sequences, queries, keys, y);

    internal static void CachedValues<THeads, THeadDim, TTable, TContext, TInstructions>(
        ComputeTeam team, Pointer<float> weights, Pointer<float> table, Pointer<int> positions, Pointer<float> o, int rows, Pointer<float> y)
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension
        where TInstructions : struct, IInstructions
    {
        int reached = Reached<TContext>(positions, rows);
        CheckHeadDim(THeadDim.Value);
        TaskList.Run<CachedValueKernel<THeads, THeadDim, TTable, TContext>, TInstructions>(
            team, new(weights.Value, table.Value, positions.Value, o.Value, reached, y.Value),
            rows * CachedValueKernel<THeads, THeadDim, TTable, TContext>.HeadBlocks, (long)rows * reached * THeads.Value * THeadDim.Value);
    }

    private readonly struct CachedValueKernel<THeads, THeadDim, TTable, TContext>(
        float* weights, float* table, int* positions, float* o, int reached, float* y) : ITiledKernel
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension
    {
        private readonly float* _weights = weights;
        private readonly float* _table = table;
        private readonly int* _positions = positions;
        private readonly float* _o = o;
        private readonly int _reached = reached;
        private readonly float* _y = y;

        public static int HeadBlocks => (THeads.Value + Block - 1) / Block;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            int width = HeadPanels.RoundUp(THeadDim.Value);
            (int row, int block) = int.DivRem(tile, HeadBlocks);
            int first = block * Block, heads = Math.Min(Block, THeads.Value - first), position = _positions[row];
            float* weights = _weights + ((((nint)row * THeads.Value) + first) * TContext.Value);
            Scratch memory = new(scratch);
            float* sums = memory.Take(Block * width);
            float* panels = memory.Take(BandStride.Value * width);
            float* gathered = memory.Take(Block * BandStride.Value);
            new Span<float>(sums, heads * width).Clear();
            for (int index = 0; index < RelativeBand<TTable, RelativeQueries>.Count; index++)
            {
                RelativeBand<TTable, RelativeQueries> band = new(index);
                if (!band.Touches(position, 1, _reached)) continue;
                HeadPanels.Rows<TSimd, V, THeadDim>(_table + ((nint)band.Row(0) * THeadDim.Value), -THeadDim.Value, band.Width, BandStride.Value, panels);
                for (int head = 0; head < heads; head++)
                    Gather(band, position, head, _reached, TContext.Value, weights, gathered + (head * BandStride.Value));
                PanelProduct<TSimd, V, RowMajorStrides<BandStride>>.Add(
                    gathered, panels, (nint)BandStride.Value * HeadPanels.Width, heads, band.Width, width, sums, width);
            }

            for (int head = 0; head < heads; head++)
            {
                nint offset = (((nint)row * THeads.Value) + first + head) * THeadDim.Value;
                Columns.ForEach<TSimd, V, ScaleAdd>(new(sums + (head * width), 1f, _o == null ? null : _o + offset, _y + offset), 0, THeadDim.Value);
            }
        }
    }
}

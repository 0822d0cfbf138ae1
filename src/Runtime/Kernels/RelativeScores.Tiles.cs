using System.Runtime.CompilerServices;
using Transformer.Compiled.Kernels.Simd;
using Transformer.Compiled.Kernels.Tiles;

namespace Transformer.Compiled.Kernels;

// A task of the scores and of dx is a block of positions of one head; of the cached scores, a row with all its heads and one band; of
// dTable, one band, for which it goes through all blocks in order.
public static unsafe partial class RelativeScores
{
    /// <summary>Floats from one row of a product with a band to the next.</summary>
    private readonly struct BandStride : IDimension
    {
        public static int Value => RelativeBand<One, RelativeQueries>.Size;
    }

    /// <summary>Packs a band's rows, in the order of its columns, as the right operand of a product with vectors.</summary>
    private static void PackTransposed<THeadDim, TTable, TSide>(float* table, RelativeBand<TTable, TSide> band, float* panels)
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide =>
        HeadPanels.Transposed<THeadDim>(table + ((nint)band.Row(0) * THeadDim.Value), TSide.Descends ? -THeadDim.Value : THeadDim.Value, band.Width, panels);

    /// <summary>product[rows, band] = vectors[rows, HeadDim] · bandᵀ.</summary>
    private static void Multiply<TSimd, V, THeadDim>(float* vectors, int rows, float* panels, int width, float* product)
        where TSimd : struct, ISimd<V>
        where V : struct
        where THeadDim : struct, IDimension =>
        PanelProduct<TSimd, V, RowMajorStrides<THeadDim>>.Write(
            vectors, panels, (nint)THeadDim.Value * HeadPanels.Width, rows, THeadDim.Value, HeadPanels.RoundUp(width), product, BandStride.Value);

    /// <summary>Spreads one position's products with a band over its scores.</summary>
    private static void Spread<TSimd, V, TTable, TSide>(
        RelativeBand<TTable, TSide> band, int position, int line, int others, int keys, float* products, float scale, float* addend, float* scores)
        where TSimd : struct, ISimd<V>
        where V : struct
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
    {
        (int start, int end) = band.Inside(position, others);
        if (band.ClipsBefore) Repeat(0, start, products[0]);
        if (TSide.Descends && start < end)
        {
            nint first = TSide.Index(line, start, keys);
            Columns.ForEach<TSimd, V, ScaleAdd>(
                new(products + start + band.Shift(position), scale, addend == null ? null : addend + first, scores + first), 0, end - start);
        }
        else
        {
            for (int other = start; other < end; other++) Repeat(other, other + 1, products[other + band.Shift(position)]);
        }

        if (band.ClipsAfter) Repeat(end, others, products[band.Width - 1]);

        void Repeat(int from, int to, float product)
        {
            for (int other = from; other < to; other++)
            {
                nint index = TSide.Index(line, other, keys);
                scores[index] = (scale * product) + (addend == null ? 0 : addend[index]);
            }
        }
    }

    /// <summary>gathered[Size] = what one position's gradients of scores add up to for each column of a band.</summary>
    private static void Gather<TTable, TSide>(RelativeBand<TTable, TSide> band, int position, int line, int others, int keys, float* dScores, float* gathered)
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
    {
        new Span<float>(gathered, BandStride.Value).Clear();
        (int start, int end) = band.Inside(position, others);
        float* inside = gathered + band.Shift(position);
        if (TSide.Descends && start < end)
        {
            new ReadOnlySpan<float>(dScores + TSide.Index(line, start, keys), end - start).CopyTo(new Span<float>(inside + start, end - start));
        }
        else
        {
            for (int other = start; other < end; other++) inside[other] = dScores[TSide.Index(line, other, keys)];
        }

        if (band.ClipsBefore) gathered[0] += Sum(0, start);
        if (band.ClipsAfter) gathered[band.Width - 1] += Sum(end, others);

        float Sum(int from, int to)
        {
            float sum = 0;
            for (int other = from; other < to; other++) sum += dScores[TSide.Index(line, other, keys)];
            return sum;
        }
    }

    private readonly struct ForwardKernel<THeads, TVectorHeads, THeadDim, TTable, TSide>(
        Pairs<THeads, TVectorHeads, THeadDim, TSide> pairs, float* x, float* table, float* addend) : ITiledKernel
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
    {
        private readonly Pairs<THeads, TVectorHeads, THeadDim, TSide> _pairs = pairs;
        private readonly float* _x = x;
        private readonly float* _table = table;
        private readonly float* _addend = addend;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int pair, int block) = int.DivRem(tile, _pairs.Blocks);
            (int sequence, int head) = int.DivRem(pair, THeads.Value);
            int first = block * Block, rows = Math.Min(Block, _pairs.Positions - first);
            Scratch memory = new(scratch);
            float* vectors = memory.Take(Block * THeadDim.Value);
            float* panels = memory.Take(BandStride.Value * THeadDim.Value);
            float* products = memory.Take(Block * BandStride.Value);
            for (int row = 0; row < rows; row++)
            {
                float* vector = _x + _pairs.VectorOffset(sequence, first + row, head / Pairs<THeads, TVectorHeads, THeadDim, TSide>.Group);
                new ReadOnlySpan<float>(vector, THeadDim.Value).CopyTo(new Span<float>(vectors + (row * THeadDim.Value), THeadDim.Value));
            }

            float* addend = _addend == null ? null : _addend + _pairs.HeadOffset(sequence, head);
            for (int index = 0; index < RelativeBand<TTable, TSide>.Count; index++)
            {
                RelativeBand<TTable, TSide> band = new(index);
                if (!band.Touches(first, rows, _pairs.Others)) continue;
                PackTransposed<THeadDim, TTable, TSide>(_table, band, panels);
                Multiply<TSimd, V, THeadDim>(vectors, rows, panels, band.Width, products);
                for (int row = 0; row < rows; row++)
                {
                    Spread<TSimd, V, TTable, TSide>(
                        band, first + row, first + row, _pairs.Others, _pairs.Keys, products + (row * BandStride.Value), _pairs.Scale, addend,
                        _pairs.Head(sequence, head));
                }
            }
        }
    }

    private readonly struct InputGradientKernel<THeads, TVectorHeads, THeadDim, TTable, TSide>(
        Pairs<THeads, TVectorHeads, THeadDim, TSide> pairs, float* table, float* addend, float* dx) : ITiledKernel
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
    {
        private readonly Pairs<THeads, TVectorHeads, THeadDim, TSide> _pairs = pairs;
        private readonly float* _table = table;
        private readonly float* _addend = addend;
        private readonly float* _dx = dx;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            int width = HeadPanels.RoundUp(THeadDim.Value), group = Pairs<THeads, TVectorHeads, THeadDim, TSide>.Group;
            (int pair, int block) = int.DivRem(tile, _pairs.Blocks);
            (int sequence, int vectorHead) = int.DivRem(pair, TVectorHeads.Value);
            int first = block * Block, rows = Math.Min(Block, _pairs.Positions - first);
            Scratch memory = new(scratch);
            float* sums = memory.Take(Block * width);
            float* panels = memory.Take(BandStride.Value * width);
            float* gathered = memory.Take(Block * BandStride.Value);
            new Span<float>(sums, rows * width).Clear();
            for (int index = 0; index < RelativeBand<TTable, TSide>.Count; index++)
            {
                RelativeBand<TTable, TSide> band = new(index);
                if (!band.Touches(first, rows, _pairs.Others)) continue;
                HeadPanels.Rows<TSimd, V, THeadDim>(
                    _table + ((nint)band.Row(0) * THeadDim.Value), TSide.Descends ? -THeadDim.Value : THeadDim.Value, band.Width, BandStride.Value, panels);
                for (int head = vectorHead * group; head < (vectorHead + 1) * group; head++)
                {
                    for (int row = 0; row < rows; row++)
                        Gather(band, first + row, first + row, _pairs.Others, _pairs.Keys, _pairs.Head(sequence, head), gathered + (row * BandStride.Value));
                    PanelProduct<TSimd, V, RowMajorStrides<BandStride>>.Add(
                        gathered, panels, (nint)BandStride.Value * HeadPanels.Width, rows, band.Width, width, sums, width);
                }
            }

            for (int row = 0; row < rows; row++)
            {
                nint offset = _pairs.VectorOffset(sequence, first + row, vectorHead);
                Columns.ForEach<TSimd, V, ScaleAdd>(
                    new(sums + (row * width), _pairs.Scale, _addend == null ? null : _addend + offset, _dx + offset), 0, THeadDim.Value);
            }
        }
    }

    private readonly struct TableGradientKernel<THeads, TVectorHeads, THeadDim, TTable, TSide>(
        Pairs<THeads, TVectorHeads, THeadDim, TSide> pairs, float* x, float* addend, int sequences, float* dTable) : ITiledKernel
        where THeads : struct, IDimension
        where TVectorHeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TSide : struct, IRelativeSide
    {
        private readonly Pairs<THeads, TVectorHeads, THeadDim, TSide> _pairs = pairs;
        private readonly float* _x = x;
        private readonly float* _addend = addend;
        private readonly int _sequences = sequences;
        private readonly float* _dTable = dTable;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            int width = HeadPanels.RoundUp(THeadDim.Value);
            RelativeBand<TTable, TSide> band = new(tile);
            Scratch memory = new(scratch);
            float* sums = memory.Take(BandStride.Value * width);
            float* panels = memory.Take(Block * width);
            float* gathered = memory.Take(Block * BandStride.Value);
            new Span<float>(sums, band.Width * width).Clear();
            for (int pair = 0; pair < _sequences * THeads.Value; pair++)
            {
                (int sequence, int head) = int.DivRem(pair, THeads.Value);
                for (int first = 0; first < _pairs.Positions; first += Block)
                {
                    int rows = Math.Min(Block, _pairs.Positions - first);
                    if (!band.Touches(first, rows, _pairs.Others)) continue;
                    float* vectors = _x + _pairs.VectorOffset(sequence, first, head / Pairs<THeads, TVectorHeads, THeadDim, TSide>.Group);
                    HeadPanels.Rows<TSimd, V, THeadDim>(vectors, Pairs<THeads, TVectorHeads, THeadDim, TSide>.Stride, rows, Block, panels);
                    for (int row = 0; row < rows; row++)
                        Gather(band, first + row, first + row, _pairs.Others, _pairs.Keys, _pairs.Head(sequence, head), gathered + (row * BandStride.Value));
                    PanelProduct<TSimd, V, TransposedStrides<BandStride>>.Add(
                        gathered, panels, (nint)Block * HeadPanels.Width, band.Width, rows, width, sums, width);
                }
            }

            for (int column = 0; column < band.Width; column++)
            {
                nint offset = (nint)band.Row(column) * THeadDim.Value;
                Columns.ForEach<TSimd, V, ScaleAdd>(
                    new(sums + (column * width), _pairs.Scale, _addend == null ? null : _addend + offset, _dTable + offset), 0, THeadDim.Value);
            }
        }
    }

    private readonly struct CachedKernel<THeads, THeadDim, TTable, TContext>(
        float* q, float* table, int* positions, float scale, int reached, float* scores) : ITiledKernel
        where THeads : struct, IDimension
        where THeadDim : struct, IDimension
        where TTable : struct, IDimension
        where TContext : struct, IDimension
    {
        private readonly float* _q = q;
        private readonly float* _table = table;
        private readonly int* _positions = positions;
        private readonly float _scale = scale;
        private readonly int _reached = reached;
        private readonly float* _scores = scores;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd, V>(int tile, float* scratch)
            where TSimd : struct, ISimd<V>
            where V : struct
        {
            (int row, int index) = int.DivRem(tile, RelativeBand<TTable, RelativeQueries>.Count);
            RelativeBand<TTable, RelativeQueries> band = new(index);
            float* scores = _scores + ((nint)row * THeads.Value * TContext.Value);
            if (index == 0)
            {
                for (int head = 0; head < THeads.Value; head++)
                    new Span<float>(scores + ((nint)head * TContext.Value) + _reached, TContext.Value - _reached).Clear();
            }

            int position = _positions[row];
            if (!band.Touches(position, 1, _reached)) return;
            Scratch memory = new(scratch);
            float* panels = memory.Take(BandStride.Value * THeadDim.Value);
            float* products = memory.Take(Block * BandStride.Value);
            PackTransposed<THeadDim, TTable, RelativeQueries>(_table, band, panels);
            for (int first = 0; first < THeads.Value; first += Block)
            {
                int heads = Math.Min(Block, THeads.Value - first);
                float* vectors = _q + ((((nint)row * THeads.Value) + first) * THeadDim.Value);
                Multiply<TSimd, V, THeadDim>(vectors, heads, panels, band.Width, products);
                for (int head = 0; head < heads; head++)
                {
                    Spread<TSimd, V, TTable, RelativeQueries>(
                        band, position, first + head, _reached, TContext.Value, products + (head * BandStride.Value), _scale, null, scores);
                }
            }
        }
    }

    /// <summary>y = scale · x + addend.</summary>
    private readonly struct ScaleAdd(float* x, float scale, float* addend, float* y) : IColumnStep
    {
        private readonly float* _x = x;
        private readonly float _scale = scale;
        private readonly float* _addend = addend;
        private readonly float* _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TSimd, V, TLanes>(int column, int lanes)
            where TSimd : struct, ISimd<V>
            where V : struct
            where TLanes : struct, ILanes
        {
            V addend = _addend == null ? TSimd.Zero : TLanes.Load<TSimd, V>(_addend + column, lanes);
            TLanes.Store<TSimd, V>(_y + column, TSimd.MultiplyAdd(TLanes.Load<TSimd, V>(_x + column, lanes), TSimd.Broadcast(_scale), addend), lanes);
        }
    }
}

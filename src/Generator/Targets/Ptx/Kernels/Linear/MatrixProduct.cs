using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The product of two factors for one tile by the tensor cores of a block: tiles of both factors, 64 bytes deep, are on their way to shared memory in all stages
/// but the one that is multiplied. One barrier to a tile: behind it the tile that all have waited for is there, and the one before is no longer read. An element's
/// sum runs over the depth in order, whatever the tile.
/// </summary>
internal sealed class MatrixProduct
{
    private readonly PtxBuilder _k;
    private readonly MatrixTile _shape;
    private readonly int _stageWords;
    private readonly AsyncTileLoader _leftLoader;
    private readonly AsyncTileLoader _rightLoader;
    private readonly FragmentReader _left;
    private readonly FragmentReader _right;

    private MatrixProduct(PtxBuilder k, MatrixTile shape, TileSource left, TileSource right, U32 firstRow, U32 firstColumn)
    {
        _k = k;
        _shape = shape;
        SharedTile leftTile = SharedTile.Of(left, shape.Rows), rightTile = SharedTile.Of(right, shape.Columns);
        _stageWords = leftTile.Words + rightTile.Words;
        LeftOrder = leftTile.Order;
        RightOrder = rightTile.Order;
        Shared = k.Shared("stages", Math.Max(shape.Stages * _stageWords, MatrixStage.Floats(shape, RightOrder)));
        SharedAddress rightStart = Shared.Plus(leftTile.Words);
        U32 warp = k.ShiftRight(k.Thread, 5);
        WarpRow = k.Divide(warp, shape.WarpsAcross);
        WarpColumn = k.Remainder(warp, shape.WarpsAcross);
        Sums = [.. Repeat(shape.WarpRows / 16, () => Repeat(shape.WarpColumns / 8, () => Repeat(4, () => k.Variable(0f))))];
        _leftLoader = new AsyncTileLoader(k, left, leftTile, firstRow, Shared);
        _rightLoader = new AsyncTileLoader(k, right, rightTile, firstColumn, rightStart);
        _left = FragmentReader.Of(k, leftTile, Shared, k.Multiply(WarpRow, shape.WarpRows), shape.WarpRows);
        _right = FragmentReader.Of(k, rightTile, rightStart, k.Multiply(WarpColumn, shape.WarpColumns), shape.WarpColumns);
    }

    /// <summary>The warp's sums: [16 rows][8 columns][as <see cref="PtxBuilder.MultiplyMatricesTo"/> has them].</summary>
    public F32[][][] Sums { get; }

    /// <summary>The warp's place among those of the tile.</summary>
    public U32 WarpRow { get; }

    public U32 WarpColumn { get; }

    /// <summary>Which rows of the tile have which sums.</summary>
    public LineOrder LeftOrder { get; }

    /// <summary>Which columns of the tile have which sums.</summary>
    public LineOrder RightOrder { get; }

    /// <summary>Shared memory of the block, for whoever comes after the product.</summary>
    public SharedAddress Shared { get; }

    /// <summary>The sums of the block's tile. All threads of the block take part.</summary>
    public static MatrixProduct Of(PtxBuilder k, MatrixTile shape, TileSource left, TileSource right, U32 firstRow, U32 firstColumn)
    {
        var product = new MatrixProduct(k, shape, left, right, firstRow, firstColumn);
        product.Run((Math.Max(left.Depth, right.Depth) + shape.Depth - 1) / shape.Depth);
        return product;
    }

    private void Run(int tiles)
    {
        int ahead = _shape.Stages - 1, depth = tiles * _shape.Depth;
        StageRing filled = new(_k, _shape.Stages, _stageWords), multiplied = new(_k, _shape.Stages, _stageWords);
        int begun = Math.Min(ahead, tiles);
        _k.For(0, begun * _shape.Depth, _shape.Depth, position =>
        {
            Begin(position);
            _k.CommitCopies();
        });
        for (int empty = begun; empty < ahead; empty++) _k.CommitCopies();

        _k.For(0, depth, _shape.Depth, position =>
        {
            _k.WaitForCopies(ahead - 1);
            _k.Barrier();
            if (tiles > ahead)
            {
                U32 next = _k.Add(position, ahead * _shape.Depth);
                _k.If(_k.Less(next, depth), () => Begin(next));
            }

            _k.CommitCopies();
            for (int step = 0; step < _shape.Depth / _shape.Step; step++) Multiply(step);
            if (tiles == 1) return;
            U32 bytes = multiplied.Advance();
            _left.Advance(bytes);
            _right.Advance(bytes);
        });

        void Begin(U32 position)
        {
            _leftLoader.Begin(position);
            _rightLoader.Begin(position);
            if (tiles == 1) return;
            U32 bytes = filled.Advance();
            _leftLoader.Advance(bytes);
            _rightLoader.Advance(bytes);
        }
    }

    private void Multiply(int step)
    {
        U32[][] left = Fragments(_left, _shape.WarpRows, step), right = Fragments(_right, _shape.WarpColumns, step);
        for (int row = 0; row < Sums.Length; row++)
        {
            U32[] low = left[2 * row], high = left[2 * row + 1];
            for (int column = 0; column < right.Length; column++)
                _k.MultiplyMatricesTo(Sums[row][column], [low[0], high[0], low[1], high[1]], right[column], _shape.Precision);
        }
    }

    /// <summary>By sets of 8 lines.</summary>
    private static U32[][] Fragments(FragmentReader reader, int lines, int step) =>
        [.. Enumerable.Range(0, lines / MatrixTile.Group).SelectMany(group => reader.Read(group, step))];

    private static T[] Repeat<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}

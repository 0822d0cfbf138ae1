namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The product of two factors for one tile, by a block: tiles of 16 depths go through shared memory, and while one is multiplied the next is
/// on its way to registers. An element's sum runs over the depth in order, whatever the tile.
/// </summary>
internal sealed class TileProduct
{
    /// <summary>Products of a thread that are written out: more make the text longer, and no kernel much faster.</summary>
    private const int UnrolledProducts = 256;
    private const int Group = 4;
    private readonly PtxBuilder _k;
    private readonly TileShape _shape;
    private readonly TileLoader _left;
    private readonly TileLoader _right;
    private readonly SharedAddress _shared;

    private TileProduct(PtxBuilder k, TileShape shape, TileLoader left, TileLoader right, SharedAddress shared, F32[][] sums)
    {
        _k = k;
        _shape = shape;
        _left = left;
        _right = right;
        _shared = shared;
        Sums = sums;
        ThreadColumn = k.Remainder(k.Thread, shape.ThreadsAcross);
        ThreadRow = k.Divide(k.Thread, shape.ThreadsAcross);
    }

    /// <summary>The thread's sums: [row][column] of its groups of four.</summary>
    public F32[][] Sums { get; }

    /// <summary>The thread's place among those of a tile.</summary>
    public U32 ThreadRow { get; }

    public U32 ThreadColumn { get; }

    /// <summary>Shared memory of the block, for whoever comes after the product.</summary>
    public SharedAddress Shared => _shared;

    private int UnrolledDepths => UnrolledProducts / (_shape.ThreadRows * _shape.ThreadColumns);

    /// <summary>Rows between a thread's groups of four rows.</summary>
    public int RowGroupStep => _shape.Rows / (_shape.ThreadRows / Group);

    /// <summary>Columns between a thread's groups of four columns.</summary>
    public int ColumnGroupStep => _shape.Columns / (_shape.ThreadColumns / Group);

    /// <summary>The sums of the block's tile. All threads of the block take part.</summary>
    public static TileProduct Of(PtxBuilder k, TileShape shape, TileSource left, TileSource right, U32 firstRow, U32 firstColumn)
    {
        int leftFloats = TileLoader.Floats(left, shape.Rows), rightFloats = TileLoader.Floats(right, shape.Columns);
        int stagedFloats = shape.Rows / (shape.ThreadRows / Group) * shape.Columns;
        SharedAddress shared = k.Shared("tiles", Math.Max(leftFloats + rightFloats, stagedFloats));
        F32[][] sums = [.. Enumerable.Range(0, shape.ThreadRows).Select(_ => Enumerable.Range(0, shape.ThreadColumns).Select(_ => k.Variable(0f)).ToArray())];
        var product = new TileProduct(
            k, shape, new TileLoader(k, left, shape.Rows, firstRow, shared), new TileLoader(k, right, shape.Columns, firstColumn, shared.Plus(leftFloats)), shared, sums);
        product.Run(Math.Max(left.Depth, right.Depth));
        return product;
    }

    private void Run(int depth)
    {
        SharedAddress left = _k.Element(_left.Tile, _k.Multiply(ThreadRow, Group)), right = _k.Element(_right.Tile, _k.Multiply(ThreadColumn, Group));
        _left.Load(0);
        _right.Load(0);
        _k.For(0, depth, TileShape.Depth, position =>
        {
            _left.Store();
            _right.Store();
            _k.Barrier();
            if (depth > TileShape.Depth)
            {
                U32 next = _k.Add(position, TileShape.Depth);
                _k.If(_k.Less(next, depth), () =>
                {
                    _left.Advance();
                    _right.Advance();
                    _left.Load(next);
                    _right.Load(next);
                });
            }

            _k.For(0, TileShape.Depth, UnrolledDepths, first => Multiply(
                _k.Element(left, _k.Multiply(first, _left.Stride)), _k.Element(right, _k.Multiply(first, _right.Stride))));
            _k.Barrier();
        });
    }

    private void Multiply(SharedAddress left, SharedAddress right) => PtxBuilder.Unroll(UnrolledDepths, depth =>
    {
        F32[] a = Fragment(left.Plus(depth * _left.Stride), _shape.ThreadRows, RowGroupStep);
        F32[] b = Fragment(right.Plus(depth * _right.Stride), _shape.ThreadColumns, ColumnGroupStep);
        for (int row = 0; row < a.Length; row++)
        {
            for (int column = 0; column < b.Length; column++) _k.MultiplyAddTo(Sums[row][column], a[row], b[column]);
        }
    });

    private F32[] Fragment(SharedAddress start, int count, int step) =>
        [.. Enumerable.Range(0, count / Group).SelectMany(group => _k.LoadFour(start.Plus(group * step)))];
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Brings a factor's tile from global memory through registers into shared memory as [depth][line]. Every thread has a few groups of four
/// elements, the same in each tile:
/// runs along the depth are transposed: a warp takes 2 groups of each of 16 lines, so that whole sectors are read, and with 4 floats of
/// padding between depths its 32 stores of a float fall into 32 banks;
/// runs across the depth keep their direction: a group goes to shared memory as it came.
/// </summary>
internal sealed class TileLoader
{
    private const int Group = 4;
    private const int LinesOfWarp = 16;
    private readonly PtxBuilder _k;
    private readonly TileSource _source;
    private readonly GlobalAddress _address;
    private readonly SharedAddress _destination;
    private readonly int _groups;
    private readonly int _groupStep;
    private readonly U32 _depth;
    private readonly F32[][] _values;
    private readonly Predicate?[] _lineGuards;

    /// <param name="k">The kernel.</param>
    /// <param name="source">The factor.</param>
    /// <param name="lines">Lines of the tile: a multiple of 16.</param>
    /// <param name="firstLine">The block's first line.</param>
    /// <param name="tile">Shared memory: <see cref="Floats"/>.</param>
    public TileLoader(PtxBuilder k, TileSource source, int lines, U32 firstLine, SharedAddress tile)
    {
        _k = k;
        _source = source;
        Stride = TileStride(source, lines);
        Tile = tile;
        _groups = TileShape.Depth * lines / Group / k.Threads;
        (U32 depth, U32 line, _groupStep) = IsAlong ? Transposing() : Copying(lines);
        _depth = depth;
        _address = k.Variable(k.Element(source.Start, source.Index(k, depth, k.Add(firstLine, line))));
        _destination = k.Element(tile, k.MultiplyAdd(depth, Stride, line));
        _values = [.. Enumerable.Range(0, _groups).Select(_ => Enumerable.Range(0, Group).Select(_ => k.Variable(0f)).ToArray())];
        U32 first = k.Add(firstLine, line);
        _lineGuards = LineGuards(first, lines);
    }

    public SharedAddress Tile { get; }

    /// <summary>Floats from one depth of the tile to the next.</summary>
    public int Stride { get; }

    private bool IsAlong => _source.Direction == RunDirection.AlongDepth;

    /// <summary>Floats of a tile.</summary>
    public static int Floats(TileSource source, int lines) => TileShape.Depth * TileStride(source, lines);

    /// <summary>Loads the tile at the depth into registers; zeros past the ends.</summary>
    public void Load(U32 depth)
    {
        bool isWhole = _source.Depth % TileShape.Depth == 0;
        Predicate?[] depthGuards = [.. Enumerable.Range(0, IsAlong ? Group / _source.Vector : _groups).Select(index => isWhole ? (Predicate?)null : DepthGuard(depth, index))];
        for (int group = 0; group < _groups; group++)
        {
            for (int part = 0; part < Group / _source.Vector; part++)
            {
                Predicate? depthGuard = depthGuards[IsAlong ? part : group];
                Predicate? guard = _k.Both(_lineGuards[IsAlong ? group : part], depthGuard);
                F32[] values = [.. _values[group].Skip(part * _source.Vector).Take(_source.Vector)];
                if (guard is not null)
                {
                    foreach (F32 value in values) _k.Assign(value, 0f);
                }

                _k.LoadInto(values, _address.Plus(group * _groupStep * _source.Stride + part), guard);
            }
        }
    }

    /// <summary>Goes on to the next tile.</summary>
    public void Advance() => _k.Advance(_address, _source.Distance(TileShape.Depth, 0));

    /// <summary>Puts the loaded tile into shared memory.</summary>
    public void Store()
    {
        for (int group = 0; group < _groups; group++)
        {
            if (!IsAlong)
            {
                _k.Store(_destination.Plus(group * _groupStep * Stride), _values[group]);
                continue;
            }

            for (int lane = 0; lane < Group; lane++) _k.Store(_destination.Plus(lane * Stride + group * _groupStep), _values[group][lane]);
        }
    }

    private static int TileStride(TileSource source, int lines) => source.Direction == RunDirection.AlongDepth ? lines + Group : lines;

    /// <summary>This thread's first group, and the lines between its groups.</summary>
    private (U32 Depth, U32 Line, int Step) Transposing()
    {
        U32 half = _k.And(_k.ShiftRight(_k.Thread, 5), 1);
        U32 depth = _k.Multiply(_k.MultiplyAdd(half, 2, _k.And(_k.Thread, 1)), Group);
        U32 line = _k.MultiplyAdd(_k.ShiftRight(_k.Thread, 6), LinesOfWarp, _k.And(_k.ShiftRight(_k.Thread, 1), LinesOfWarp - 1));
        return (depth, line, _k.Threads / Group);
    }

    /// <summary>This thread's first group, and the depths between its groups.</summary>
    private (U32 Depth, U32 Line, int Step) Copying(int lines)
    {
        int across = lines / Group;
        return (_k.Divide(_k.Thread, across), _k.Multiply(_k.Remainder(_k.Thread, across), Group), _k.Threads / across);
    }

    /// <summary>
    /// For each line of a thread that is loaded apart, whether it is there: a line for each group along the depth, one or four for all groups
    /// across it. None where all tiles are whole.
    /// </summary>
    private Predicate?[] LineGuards(U32 first, int lines)
    {
        int apart = IsAlong ? _groups : Group / _source.Vector, step = IsAlong ? _groupStep : 1;
        return [.. Enumerable.Range(0, apart).Select(index => _source.Lines % lines == 0 ? (Predicate?)null : _k.Less(_k.Add(first, index * step), _source.Lines))];
    }

    private Predicate DepthGuard(U32 depth, int index)
    {
        U32 own = _k.Add(_k.Add(depth, _depth), IsAlong ? index : index * _groupStep);
        return _k.Less(own, _source.Depth);
    }
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Copies a factor's tiles to shared memory while others are multiplied. Every thread has the same runs in each tile: of 16 bytes where each
/// begins at a multiple of as many in memory, else of one element, because a copy of 16 bytes may not begin elsewhere (odd numbers of columns in single precision). What is past
/// the ends of the factor becomes zero and is not read.
/// </summary>
internal sealed class AsyncTileLoader
{
    private readonly PtxBuilder _k;
    private readonly TileSource _source;
    private readonly int _tileDepth;
    private readonly int _words;
    private readonly U32 _depth;
    private readonly GlobalAddress _address;
    private readonly List<SharedAddress> _targets = [];
    private readonly List<Copy> _copies = [];
    private readonly Dictionary<int, Predicate?> _lineGuards = [];
    private readonly Dictionary<int, U32?> _lineBytes = [];

    /// <param name="k">The kernel.</param>
    /// <param name="source">The factor.</param>
    /// <param name="tile">How its tiles lie in shared memory.</param>
    /// <param name="firstLine">The block's first line.</param>
    /// <param name="start">The tile of the first stage.</param>
    public AsyncTileLoader(PtxBuilder k, TileSource source, SharedTile tile, U32 firstLine, SharedAddress start)
    {
        _k = k;
        _source = source;
        _tileDepth = tile.Depth;
        _words = source.Vector / source.ElementsOfWord;
        TileRuns runs = TileRuns.Of(source);
        (_depth, U32 line) = runs.First(k);
        _address = k.Variable(source.Place(k, _depth, k.Add(firstLine, line)));
        U32 place = tile.Word(k, _depth, line);
        var targets = new Dictionary<int, int>();
        foreach ((int depths, int lines) in runs.Of(tile.Lines))
        {
            // Adding to depth or line leaves the run's place among 128 bytes as it is, or changes it by a constant.
            int swizzle = tile.Swizzle(depths);
            if (!targets.TryGetValue(swizzle, out int target))
            {
                targets.Add(swizzle, target = _targets.Count);
                _targets.Add(k.Variable(k.Element(start, swizzle == 0 ? place : k.Xor(place, swizzle * SharedTile.Run))));
            }

            _copies.Add(new Copy(depths, lines, target, tile.Distance(depths, lines)));
            if (!_lineGuards.ContainsKey(lines)) Guard(k.Add(firstLine, line), lines, tile.Lines);
        }
    }

    /// <summary>Begins to copy the tile at a depth.</summary>
    public void Begin(U32 depth)
    {
        var depthGuards = new Dictionary<int, Predicate>();
        foreach (Copy copy in _copies)
        {
            U32? bytes = _lineBytes[copy.Lines];
            if (_source.Depth % _tileDepth != 0)
            {
                if (!depthGuards.TryGetValue(copy.Depths, out Predicate guard))
                    depthGuards.Add(copy.Depths, guard = _k.Less(_k.Add(_k.Add(depth, _depth), copy.Depths), _source.Depth));
                bytes = _k.Select(_k.Both(guard, _lineGuards[copy.Lines])!.Value, (U32)(4 * _words), 0);
            }

            _k.CopyAsync(_targets[copy.Target].Plus(copy.Words), _address.Plus(_source.WordDistance(copy.Depths, copy.Lines)), _words, bytes);
        }
    }

    /// <summary>Goes on to the next tile, which goes as many bytes further.</summary>
    public void Advance(U32 bytes)
    {
        _k.Advance(_address, _source.WordDistance(_tileDepth, 0));
        foreach (SharedAddress target in _targets) _k.Advance(target, bytes);
    }

    private void Guard(U32 firstLine, int lines, int tileLines)
    {
        Predicate? guard = _source.Lines % tileLines == 0 ? null : _k.Less(_k.Add(firstLine, lines), _source.Lines);
        _lineGuards.Add(lines, guard);
        _lineBytes.Add(lines, guard is { } inside && _source.Depth % _tileDepth == 0 ? _k.Select(inside, (U32)(4 * _words), 0) : null);
    }

    /// <param name="Depths">From the thread's first run.</param>
    /// <param name="Lines">From the thread's first run.</param>
    /// <param name="Target">Which of the thread's addresses in shared memory.</param>
    /// <param name="Words">Behind that address.</param>
    private readonly record struct Copy(int Depths, int Lines, int Target, int Words);
}

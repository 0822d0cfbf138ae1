namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Copies a factor's tiles to shared memory while others are multiplied. Every thread has the same runs in each tile: of four elements where each
/// begins at a multiple of 16 bytes in memory, else of one, because a copy of 16 bytes may not begin elsewhere (odd numbers of columns). What is past
/// the ends of the factor becomes zero and is not read.
/// </summary>
internal sealed class AsyncTileLoader
{
    private const int Run = 4;
    private const int Depth = SharedTile.Depth;

    /// <summary>The maps of threads to elements below are for as many.</summary>
    private const int Threads = 128;
    private readonly PtxBuilder _k;
    private readonly TileSource _source;
    private readonly int _width;
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
        if (k.Threads != Threads) throw new ArgumentException($"A block of {k.Threads} threads; expected {Threads}.", nameof(k));
        _k = k;
        _source = source;
        _width = source.Vector;
        (_depth, U32 line) = FirstOfThread();
        _address = k.Variable(k.Element(source.Start, source.Index(k, _depth, k.Add(firstLine, line))));
        U32 place = tile.Word(k, _depth, line);
        var targets = new Dictionary<int, int>();
        foreach ((int depth, int lines) in Runs(tile.Lines))
        {
            // Adding to depth or line leaves the run's place among 128 bytes as it is, or changes it by a constant.
            int swizzle = tile is SharedTile.Across across ? across.Swizzle(depth) : 0;
            if (!targets.TryGetValue(swizzle, out int target))
            {
                targets.Add(swizzle, target = _targets.Count);
                _targets.Add(k.Variable(k.Element(start, swizzle == 0 ? place : k.Xor(place, swizzle * Run))));
            }

            _copies.Add(new Copy(depth, lines, target, tile is SharedTile.Along ? lines * Depth : depth * tile.Lines + lines));
            if (!_lineGuards.ContainsKey(lines)) Guard(k.Add(firstLine, line), lines, tile.Lines);
        }
    }

    private bool IsAlong => _source.Direction == RunDirection.AlongDepth;

    /// <summary>Begins to copy the tile at a depth.</summary>
    public void Begin(U32 depth)
    {
        var depthGuards = new Dictionary<int, Predicate>();
        foreach (Copy copy in _copies)
        {
            U32? bytes = _lineBytes[copy.Lines];
            if (_source.Depth % Depth != 0)
            {
                if (!depthGuards.TryGetValue(copy.Depth, out Predicate guard))
                    depthGuards.Add(copy.Depth, guard = _k.Less(_k.Add(_k.Add(depth, _depth), copy.Depth), _source.Depth));
                bytes = _k.Select(_k.Both(guard, _lineGuards[copy.Lines])!.Value, (U32)(4 * _width), 0);
            }

            _k.CopyAsync(_targets[copy.Target].Plus(copy.Floats), _address.Plus(_source.Distance(copy.Depth, copy.Lines)), _width, bytes);
        }
    }

    /// <summary>Goes on to the next tile, which goes as many bytes further.</summary>
    public void Advance(U32 bytes)
    {
        _k.Advance(_address, _source.StepStride);
        foreach (SharedAddress target in _targets) _k.Advance(target, bytes);
    }

    /// <summary>
    /// This thread's first run: lanes follow the factor's memory. Along the depth 16 of a line follow each other, then the next line; in panels of lines 16
    /// lines, then the next depth; in rows of lines 32 lines, as 8 runs of a warp for each of 4 depths or one depth for the warp.
    /// </summary>
    private (U32 Depth, U32 Line) FirstOfThread()
    {
        U32 thread = _k.Thread;
        if (IsAlong) return (_k.Multiply(_k.And(thread, (Depth / _width) - 1), _width), _k.Divide(thread, Depth / _width));
        if (_source is TileSource.PanelLines)
        {
            U32 inPanel = _k.Multiply(_k.And(thread, Run - 1), Run);
            return (_k.And(_k.ShiftRight(thread, 2), Depth - 1), _k.MultiplyAdd(_k.ShiftRight(thread, 6), Panel.Width, inPanel));
        }

        return _width == Run
            ? (_k.ShiftRight(thread, 3), _k.Multiply(_k.And(thread, 7), Run))
            : (_k.ShiftRight(thread, 5), _k.And(thread, 31));
    }

    /// <summary>Depths and lines from a thread's first run to each of its runs.</summary>
    private IEnumerable<(int Depth, int Lines)> Runs(int lines)
    {
        int depths = !IsAlong && _width == 1 ? Depth / 4 : 1, count = lines * Depth / (Threads * _width) / depths;
        for (int depth = 0; depth < depths; depth++)
        {
            for (int run = 0; run < count; run++) yield return (4 * depth, run * (lines / count));
        }
    }

    private void Guard(U32 firstLine, int lines, int tileLines)
    {
        Predicate? guard = _source.Lines % tileLines == 0 ? null : _k.Less(_k.Add(firstLine, lines), _source.Lines);
        _lineGuards.Add(lines, guard);
        _lineBytes.Add(lines, guard is { } inside && _source.Depth % Depth == 0 ? _k.Select(inside, (U32)(4 * _width), 0) : null);
    }

    /// <param name="Depth">From the thread's first run.</param>
    /// <param name="Lines">From the thread's first run.</param>
    /// <param name="Target">Which of the thread's addresses in shared memory.</param>
    /// <param name="Floats">Behind that address.</param>
    private readonly record struct Copy(int Depth, int Lines, int Target, int Floats);
}

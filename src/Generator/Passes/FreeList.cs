namespace Transformer.Compiled.Generator.Passes;

/// <summary>Gaps of an arena that grows at its end, in order of offset, neighbours merged.</summary>
internal sealed class FreeList
{
    private readonly List<(long Offset, long Floats)> _gaps = [];
    private long _end;

    /// <summary>The smallest gap that fits, or else the end.</summary>
    public long Take(long floats)
    {
        int best = -1;
        for (int i = 0; i < _gaps.Count; i++)
        {
            if (_gaps[i].Floats >= floats && (best < 0 || _gaps[i].Floats < _gaps[best].Floats)) best = i;
        }
        if (best >= 0)
        {
            (long offset, long size) = _gaps[best];
            if (size == floats) _gaps.RemoveAt(best);
            else _gaps[best] = (offset + floats, size - floats);
            return offset;
        }
        long start = _end;
        if (_gaps.Count > 0 && _gaps[_gaps.Count - 1] is var last && last.Offset + last.Floats == _end)
        {
            start = last.Offset;
            _gaps.RemoveAt(_gaps.Count - 1);
        }
        _end = start + floats;
        return start;
    }

    /// <summary>What was taken is a gap again.</summary>
    public void Give(long offset, long floats)
    {
        int next = _gaps.FindIndex(gap => gap.Offset > offset);
        if (next < 0) next = _gaps.Count;
        if (next < _gaps.Count && _gaps[next].Offset == offset + floats)
        {
            floats += _gaps[next].Floats;
            _gaps.RemoveAt(next);
        }
        if (next > 0 && _gaps[next - 1].Offset + _gaps[next - 1].Floats == offset)
        {
            offset = _gaps[next - 1].Offset;
            floats += _gaps[next - 1].Floats;
            _gaps.RemoveAt(--next);
        }
        _gaps.Insert(next, (offset, floats));
    }
}

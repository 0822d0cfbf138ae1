namespace Transformer.Compiled.Ptx;

/// <summary>
/// Where the threads of a warp are: the topmost entry runs until it reaches the instruction at which it meets the one below (the immediate post-dominator of the
/// branch that parted them).
/// </summary>
internal sealed class DivergenceStack
{
    private Entry[] _entries = new Entry[16];
    private int _top;

    public bool IsEmpty => _top < 0;

    public int Depth => _top + 1;

    public ref Entry Top => ref _entries[_top];

    public void Begin(uint mask)
    {
        _top = 0;
        _entries[0] = new Entry { Position = 0, MeetAt = -1, Mask = mask };
    }

    /// <summary>Takes away entries that have arrived or have no threads left.</summary>
    public void Settle()
    {
        while (_top >= 0 && (Top.Position == Top.MeetAt || Top.Mask == 0)) _top--;
    }

    /// <summary>The threads of <paramref name="taken"/> go to one place, the others of the topmost entry to the next; they meet later.</summary>
    public void Diverge(uint taken, int target, int next, int meetAt)
    {
        ref var top = ref Top;
        uint mask = top.Mask;
        top.Position = meetAt;
        if (top.Position == top.MeetAt) _top--;
        Push(mask & ~taken, next, meetAt);
        Push(taken, target, meetAt);
    }

    /// <summary>Threads have exited.</summary>
    public void Exit(uint lanes)
    {
        for (int index = 0; index <= _top; index++) _entries[index].Mask &= ~lanes;
    }

    /// <summary>
    /// Lets the other side of a divergence that is never to meet go first, because this one waits for it.
    /// </summary>
    /// <returns>Whether there is one that does not wait itself.</returns>
    public bool Yield(int end)
    {
        ref var top = ref Top;
        if (_top == 0 || top.MeetAt != end) return false;
        ref var below = ref _entries[_top - 1];
        if (below.MeetAt != end || below.IsWaiting || below.Position == end) return false;
        top.IsWaiting = true;
        (top, below) = (below, top);
        return true;
    }

    private void Push(uint mask, int position, int meetAt)
    {
        if (mask == 0 || position == meetAt) return;
        if (++_top == _entries.Length) Array.Resize(ref _entries, _entries.Length * 2);
        _entries[_top] = new Entry { Position = position, MeetAt = meetAt, Mask = mask };
    }

    public struct Entry
    {
        public int Position;
        public int MeetAt;
        public uint Mask;
        public bool IsWaiting;
    }
}

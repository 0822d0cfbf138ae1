namespace Transformer.Compiled.Ptx;

/// <summary>
/// The asynchronous copies of a warp that have begun and not landed. Each thread counts its own groups; bytes arrive when the thread waits for them, never before.
/// </summary>
internal sealed unsafe class AsyncCopies(Warp warp)
{
    private readonly List<Copy> _pending = [];
    private readonly int[] _groups = new int[Warp.Lanes];

    public void Clear()
    {
        _pending.Clear();
        Array.Clear(_groups);
    }

    /// <summary>A copy begins; it belongs to the group that its thread commits next.</summary>
    public void Begin(int lane, int target, byte* source, int sourceBytes, int bytes) =>
        _pending.Add(new Copy(lane, _groups[lane], target, (nint)source, sourceBytes, bytes));

    public void Commit(uint mask)
    {
        for (; mask != 0; mask &= mask - 1) _groups[int.TrailingZeroCount((int)mask)]++;
    }

    /// <summary>All groups of the threads arrive but the last <paramref name="allowed"/> that were committed.</summary>
    public void WaitForGroups(uint mask, int allowed) => Land(copy => (mask >> copy.Lane & 1) != 0 && copy.Group < _groups[copy.Lane] - allowed);

    /// <summary>All copies of the threads arrive, committed or not.</summary>
    public void WaitForAll(uint mask) => Land(copy => (mask >> copy.Lane & 1) != 0);

    private void Land(Predicate<Copy> arrives)
    {
        foreach (var copy in _pending)
        {
            if (!arrives(copy)) continue;
            var shared = warp.Block.Shared;
            shared.EndCopy(warp, copy.Lane, copy.Target, copy.Bytes);
            var target = new Span<byte>(shared.Data + copy.Target, copy.Bytes);
            target.Clear();
            new ReadOnlySpan<byte>((byte*)copy.Source, copy.SourceBytes).CopyTo(target);
        }

        _pending.RemoveAll(arrives);
    }

    private readonly record struct Copy(int Lane, int Group, int Target, nint Source, int SourceBytes, int Bytes);
}

using Transformer.Compiled.Kernels;

namespace Transformer.Compiled.Generation;

public abstract unsafe partial class DecoderSession
{
    private readonly RowMoves _moves;
    private readonly int[] _parents;

    /// <inheritdoc/>
    public void ReorderCache(ReadOnlySpan<int> parents)
    {
        ThrowIfDisposed();
        if (parents.Length != Batch)
            throw new ArgumentException($"A session of {Batch} rows takes {Batch} parents, not {parents.Length}.", nameof(parents));
        foreach (int parent in parents) CheckRow(parent);
        ReorderSources(parents);
        foreach (RowMoves.Move move in _moves.Plan(parents)) CopyRow(move.Source, move.Destination);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Broadcast(int row)
    {
        CheckRow(row);
        _parents.AsSpan().Fill(row);
        ReorderCache(_parents);
    }

    /// <summary>Copies the caches of the first <paramref name="length"/> tokens from one slot to another, without those of its source.</summary>
    /// <remarks>The positions that are filled, where the shape says where they are; otherwise whole states.</remarks>
    private protected virtual void CopyState(int source, int destination, int length)
    {
        if (_shape.Caches is { } caches)
        {
            foreach (CacheRegion cache in caches) cache.Copy(StateOf(source), StateOf(destination), length);
            return;
        }

        long bytes = _shape.StateFloatsPerSlot * (long)sizeof(float);
        Buffer.MemoryCopy(StateOf(source).Value, StateOf(destination).Value, bytes, bytes);
    }

    /// <summary>What else moves with the rows.</summary>
    private protected virtual void ReorderSources(ReadOnlySpan<int> parents)
    {
    }

    /// <summary>Called when a slot goes on from another one's cache.</summary>
    private protected virtual void Copied(int source, int destination)
    {
    }

    private void CopyRow(int source, int destination)
    {
        int length = _lengths[source];
        _lengths[destination] = length;
        Copied(source, destination);
        if (length == 0) return;
        CopyState(source, destination, length);
        RowHistory(source)[..length].CopyTo(RowHistory(destination));
        BringLogits(source);
        BringLogits(destination);
        RowLogits(source).CopyTo(RowLogits(destination));
    }
}

using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Generation;

public abstract unsafe partial class DecoderSession
{
    private readonly RowMoves _moves;
    private readonly int[] _parents;

    /// <inheritdoc/>
    public void ReorderCache(ReadOnlySpan<int> parents)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (parents.Length != Batch)
            throw new ArgumentException($"A session of {Batch} rows takes {Batch} parents, not {parents.Length}.", nameof(parents));
        foreach (int parent in parents) CheckRow(parent);
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

    /// <summary>Copies the caches of the first <paramref name="length"/> tokens from one slot to another.</summary>
    /// <remarks>Whole slots, unless a session knows where in them the caches of its tokens are.</remarks>
    protected virtual void CopyState(Pointer<float> source, Pointer<float> destination, int length)
    {
        long bytes = _shape.StateFloatsPerSlot * (long)sizeof(float);
        Buffer.MemoryCopy(source.Value, destination.Value, bytes, bytes);
    }

    private void CopyRow(int source, int destination)
    {
        int length = _lengths[source];
        _lengths[destination] = length;
        if (length == 0) return;
        CopyState(_state + source * SlotStride, _state + destination * SlotStride, length);
        RowHistory(source)[..length].CopyTo(RowHistory(destination));
        RowLogits(source).CopyTo(RowLogits(destination));
    }
}

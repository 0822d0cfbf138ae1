namespace Transformer.Compiled.Generation;

/// <summary>
/// The copies, one row at a time, that put each row's parent in its place: a copy comes when nobody needs its destination any more, and a
/// cycle is broken through one spare row.
/// </summary>
/// <remarks>This is the parallel-move problem of register allocators. A chain costs no more than its copies, a cycle one more.</remarks>
internal sealed class RowMoves
{
    private readonly int[] _sources;
    private readonly int[] _readers;
    private readonly Move[] _moves;

    /// <param name="rows">The number of rows; the spare one is that of this index.</param>
    public RowMoves(int rows)
    {
        _sources = new int[rows];
        _readers = new int[rows + 1];
        _moves = new Move[rows + rows / 2];
    }

    private int Spare => _sources.Length;

    /// <summary>The copies in their order; valid until the next call. Allocates nothing.</summary>
    /// <param name="parents">[rows], each one a row.</param>
    public ReadOnlySpan<Move> Plan(ReadOnlySpan<int> parents)
    {
        parents.CopyTo(_sources);
        Array.Clear(_readers);
        for (int row = 0; row < parents.Length; row++)
        {
            if (parents[row] != row) _readers[parents[row]]++;
        }

        int count = 0;
        for (int row = 0; row < parents.Length; row++) Follow(row, ref count);
        for (int row = 0; row < parents.Length; row++)
        {
            if (_sources[row] == row) continue;
            BreakCycle(row, ref count);
        }

        return _moves.AsSpan(0, count);
    }

    /// <summary>Fills the row if nobody needs what it holds, then the row that this has freed, and so on.</summary>
    private void Follow(int row, ref int count)
    {
        while (row != Spare && _sources[row] != row && _readers[row] == 0)
        {
            int source = _sources[row];
            _moves[count++] = new Move(source, row);
            _sources[row] = row;
            _readers[source]--;
            row = source;
        }
    }

    /// <summary>What is left are cycles, in which each row has one reader.</summary>
    private void BreakCycle(int row, ref int count)
    {
        _moves[count++] = new Move(row, Spare);
        int reader = Array.IndexOf(_sources, row);
        _sources[reader] = Spare;
        _readers[row]--;
        _readers[Spare]++;
        Follow(row, ref count);
    }

    /// <summary>A copy of one row to another.</summary>
    public readonly record struct Move(int Source, int Destination);
}

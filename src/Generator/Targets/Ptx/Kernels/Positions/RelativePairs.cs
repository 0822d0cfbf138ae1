using Transformer.Compiled.Generator.Ops;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Vectors of a table[2M − 1, width] for the distances of pairs: element [sequence, head, query, key] of a tensor of pairs belongs to row
/// M − 1 + (query − key) of the table, distances clipped to ±(M − 1), and to the vector of a query, or of a key, which heads may share.
/// </summary>
/// <param name="Rows">Of the vectors; where bounded, there are as many queries as keys, the rows of this run over the sequences.</param>
/// <param name="Sequences">Sequences side by side.</param>
/// <param name="Queries">Queries of each, at most.</param>
/// <param name="Keys">Keys of each, at most.</param>
/// <param name="Heads">Heads of the pairs.</param>
/// <param name="VectorHeads">Heads of the vectors; they divide those of the pairs.</param>
/// <param name="Width">Elements of a vector.</param>
/// <param name="TableRows">2M − 1.</param>
/// <param name="Side">Whose vectors they are.</param>
internal sealed record RelativePairs(
    Extent Rows, int Sequences, int Queries, int Keys, int Heads, int VectorHeads, int Width, int TableRows, RelativeSide Side)
{
    /// <summary>M − 1.</summary>
    public int Middle => TableRows / 2;

    /// <summary>Heads of the pairs for each of the vectors.</summary>
    public int Group => Heads / VectorHeads;

    public string Name => $"{Sequences}x{Queries}x{Keys}x{Heads}x{VectorHeads}x{Width}x{TableRows}{(Side == RelativeSide.Keys ? "_Keys" : "")}{Rows.Suffix}";

    /// <summary>Queries and keys of a sequence; bounded rows read the control block, the next parameter.</summary>
    public (U32 Queries, U32 Keys) Count(PtxBuilder k)
    {
        if (!Rows.IsBounded) return (Queries, Keys);
        U32 length = k.Divide(Rows.Count(k), Sequences);
        return (length, length);
    }

    /// <summary>The table's row for a query and a key: min(max(query + M − 1, key) − key, 2M − 2).</summary>
    public U32 Entry(PtxBuilder k, U32 query, U32 key) => k.Min(k.Subtract(k.Max(k.Add(query, Middle), key), key), 2 * Middle);
}

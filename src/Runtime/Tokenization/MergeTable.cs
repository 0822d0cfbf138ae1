namespace Transformer.Compiled.Tokenization;

/// <summary>Which two neighbouring tokens become one, and how early.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<ulong, Merge> _merges = [];
    private int _rank;

    /// <summary>Adds a merge after all earlier ones.</summary>
    public void Add(int left, int right, int token) => _merges[Key(left, right)] = new Merge(_rank++, token);

    /// <summary>Adds a merge of a given rank; merges of one rank are done from left to right.</summary>
    public void Add(int left, int right, int token, int rank) => _merges[Key(left, right)] = new Merge(rank, token);

    public bool TryGet(int left, int right, out Merge merge) => _merges.TryGetValue(Key(left, right), out merge);

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <param name="Rank">Lower ranks come first.</param>
    /// <param name="Token">What the two become.</param>
    public readonly record struct Merge(int Rank, int Token);
}

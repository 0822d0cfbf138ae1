namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Two tables in shared memory with a bucket for each thread of the block: how many tokens there are in it, and their mass. The first is filled
/// once, by exponents; the second again and again, by orders within a bucket of the table before.
/// </summary>
internal sealed class BucketTable
{
    private readonly PtxBuilder _k;
    private readonly SharedAddress _counts;
    private readonly SharedLongs _masses;

    public BucketTable(PtxBuilder k)
    {
        _k = k;
        Places = 2 * k.Threads;
        _counts = k.Shared("buckets", 3 * Places);
        _masses = new SharedLongs(k, Places);
    }

    /// <summary>The places of the second table are behind those of the first.</summary>
    public int Second => _k.Threads;

    private int Places { get; }

    /// <summary>A thread's own place; a barrier comes before others add to it.</summary>
    public void Clear(U32 place)
    {
        SharedAddress count = _k.Element(_counts, place);
        _k.StoreWord(count, 0);
        _masses.Clear(count.Plus(Places));
    }

    public void Add(U32 place, U64 mass)
    {
        SharedAddress count = _k.Element(_counts, place);
        _k.ReduceAtomically(count, 1);
        _masses.AddAtomically(count.Plus(Places), mass);
    }

    public (U64 Count, U64 Mass) Load(U32 place)
    {
        SharedAddress count = _k.Element(_counts, place);
        return (_k.Widen(_k.LoadWord(count)), _masses.Load(count.Plus(Places)));
    }
}

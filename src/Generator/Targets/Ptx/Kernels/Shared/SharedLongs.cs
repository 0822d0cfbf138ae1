namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>64-bit integers in shared memory, the low words of an array before its high words, so that lanes are in banks of their own.</summary>
/// <param name="k">The kernel.</param>
/// <param name="distance">From a low word to its high word, in words: the array's length.</param>
internal sealed class SharedLongs(PtxBuilder k, int distance)
{
    public void Store(SharedAddress low, U64 value)
    {
        (U32 Low, U32 High) words = k.Unpack(value);
        k.StoreWord(low, words.Low);
        k.StoreWord(low.Plus(distance), words.High);
    }

    public void Clear(SharedAddress low)
    {
        k.StoreWord(low, 0);
        k.StoreWord(low.Plus(distance), 0);
    }

    public U64 Load(SharedAddress low) => k.Pack(k.LoadWord(low), k.LoadWord(low.Plus(distance)));

    public U64 LoadOrZero(SharedAddress low, Predicate guard) => k.Pack(k.LoadWordOrZero(low, guard), k.LoadWordOrZero(low.Plus(distance), guard));

    /// <summary>Adds to an element that other threads add to as well: its low word, and what that carries to the high one. Sums are those of any order.</summary>
    public void AddAtomically(SharedAddress low, U64 value)
    {
        (U32 Low, U32 High) words = k.Unpack(value);
        U32 sum = k.Add(k.AddAtomically(low, words.Low), words.Low);
        k.ReduceAtomically(low.Plus(distance), k.Add(words.High, k.Select(k.Less(sum, words.Low), (U32)1, (U32)0)));
    }
}

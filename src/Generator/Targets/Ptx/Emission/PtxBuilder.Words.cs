namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Words in memory and in other lanes, and what threads add up together.</summary>
internal sealed partial class PtxBuilder
{
    public U32 LoadWord(SharedAddress address) => Word("ld.shared.u32", address);

    public void StoreWord(SharedAddress address, U32 value) => Emit("st.shared.u32", address, value);

    /// <summary>A word where the guard holds, and 0 elsewhere.</summary>
    public U32 LoadWordOrZero(SharedAddress address, Predicate guard)
    {
        U32 value = Variable((U32)0);
        _body.Add(Line.Of(_depth, $"{Guard(guard)}ld.shared.u32 {value.Text}, {address.Text};", [Changeable(value)], [address, guard]));
        return value;
    }

    /// <summary>Four consecutive words that begin at a multiple of 16 bytes.</summary>
    public U32[] LoadFourWords(GlobalAddress address)
    {
        Register[] words = [.. Enumerable.Range(0, 4).Select(_ => New(RegisterFile.Word))];
        _body.Add(Line.Of(_depth, $"ld.global.v4.u32 {{{string.Join(", ", words.Select(word => word.Name))}}}, {address.Text};", words, [address]));
        return [.. words.Select(U32.In)];
    }

    /// <summary>One word, or two or four that begin at a multiple of their size.</summary>
    public void StoreWords(GlobalAddress address, U32[] words)
    {
        if (words.Length == 1) StoreWord(address, words[0]);
        else _body.Add(Line.Of(_depth, $"st.global.v{InvariantNumber.Text(words.Length)}.u32 {address.Text}, {{{string.Join(", ", words.Select(word => word.Text))}}};", [], [address, .. words.Cast<IOperand>()]));
    }

    /// <summary>Adds to a word that others add to as well; what it held before.</summary>
    public U32 AddAtomically(SharedAddress address, U32 value) => Word("atom.shared.add.u32", address, value);

    /// <summary>As <see cref="AddAtomically"/>, where nobody asks what was there.</summary>
    public void ReduceAtomically(SharedAddress address, U32 value) => Emit("red.shared.add.u32", address, value);

    /// <summary>Stores a word that others may store too, the same from all.</summary>
    public void StoreSame(GlobalAddress address, U32 value) => Emit("atom.global.exch.b32", new Nowhere(), address, value);

    /// <summary>By as many bits as a word says.</summary>
    public U32 ShiftRight(U32 a, U32 bits) => Word("shr.u32", a, bits);

    /// <inheritdoc cref="ShiftRight(U32, U32)"/>
    public U32 ShiftLeft(U32 a, U32 bits) => Word("shl.b32", a, bits);

    /// <summary>How many zeros are above the highest bit that is set; 32 for 0.</summary>
    public U32 LeadingZeros(U32 a) => Word("clz.b32", a);

    /// <inheritdoc cref="ShuffleXor(F32, int)"/>
    public U32 ShuffleXor(U32 value, U32 mask) => Word("shfl.sync.bfly.b32", value, mask, (U32)31, new FullMask());

    /// <summary>The value of the lane so much lower, and of the first ones their own; all 32 lanes take part.</summary>
    public U32 ShuffleUp(U32 value, U32 distance) => Word("shfl.sync.up.b32", value, distance, (U32)0, new FullMask());

    /// <inheritdoc cref="ShuffleIndex(F32, U32)"/>
    public U32 ShuffleIndex(U32 value, U32 lane) => Word("shfl.sync.idx.b32", value, lane, (U32)31, new FullMask());

    private readonly record struct Nowhere : IOperand
    {
        public string Text => "_";

        public Register? Register => null;
    }
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Where a head's vectors lie, one for each key: element n of key j is at Start + j · KeyStride + n · ElementStride within a panel.</summary>
internal abstract record KeyValueRows
{
    /// <summary>Elements of a key's vector that can be loaded at once: 1 or 4.</summary>
    public abstract int Width { get; }

    /// <summary>The address of an element of a key's vector.</summary>
    public abstract GlobalAddress At(PtxBuilder k, U32 key, U32 element);

    /// <summary>m[key, heads · width], row after row; the start is the head's part of the first key.</summary>
    internal sealed record Matrix(GlobalAddress Start, int Pitch, int HeadDim) : KeyValueRows
    {
        public override int Width => HeadDim % 4 == 0 && Pitch % 4 == 0 ? 4 : 1;

        public override GlobalAddress At(PtxBuilder k, U32 key, U32 element) => k.Element(Start, k.MultiplyAdd(key, Pitch, element));
    }

    /// <summary>Keys in panels of 16 positions: (position, n) at ((position / 16) · HeadDim + n) · 16 + position % 16.</summary>
    internal sealed record CachedKeys(GlobalAddress Start, int HeadDim) : KeyValueRows
    {
        public override int Width => 1;

        public override GlobalAddress At(PtxBuilder k, U32 key, U32 element)
        {
            U32 line = k.MultiplyAdd(k.ShiftRight(key, 4), HeadDim, element);
            return k.Element(Start, k.MultiplyAdd(line, Panel.Width, k.And(key, Panel.Width - 1)));
        }
    }

    /// <summary>Values in panels of 16 elements: (position, n) at ((n / 16) · Context + position) · 16 + n % 16; the context is rounded up to 16.</summary>
    internal sealed record CachedValues(GlobalAddress Start, int Context) : KeyValueRows
    {
        public override int Width => 1;

        public override GlobalAddress At(PtxBuilder k, U32 key, U32 element)
        {
            U32 line = k.MultiplyAdd(k.ShiftRight(element, 4), Context, key);
            return k.Element(Start, k.MultiplyAdd(line, Panel.Width, k.And(element, Panel.Width - 1)));
        }
    }
}

namespace Transformer.Compiled.Memory;

/// <summary>Lays regions of four-byte elements one after the other, each beginning on a 64-byte boundary.</summary>
internal struct MemoryPlan
{
    private const int ElementsPerLine = 16;

    /// <summary>The elements taken so far.</summary>
    public nint Length { get; private set; }

    /// <summary>Takes room for <paramref name="count"/> elements and returns the offset of the first.</summary>
    public nint Take(nint count)
    {
        nint offset = Length;
        Length += Aligned(count);
        return offset;
    }

    /// <summary>The count rounded up to whole cache lines.</summary>
    public static nint Aligned(nint count) => checked(count + ElementsPerLine - 1) / ElementsPerLine * ElementsPerLine;
}

using System.ComponentModel;
using Transformer.Compiled.Kernels.Tiles;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Kernels;

/// <summary>Which half of a layer's cache a <see cref="CacheRegion"/> is.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum CachePart
{
    Keys,
    Values,
}

/// <summary>One layer's keys, or values, in the state of a slot, laid out as <see cref="KeyValueCache"/> says.</summary>
/// <param name="Part">Keys or values.</param>
/// <param name="Offset">The first float, from the slot's start.</param>
/// <param name="Heads">Heads that have keys and values of their own.</param>
/// <param name="HeadDim">Width of a head's key, or value.</param>
/// <param name="Context">Positions that there is room for.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CacheRegion(CachePart Part, nint Offset, int Heads, int HeadDim, int Context)
{
    /// <summary>Copies the first <paramref name="length"/> positions from one slot to another; keys come in whole panels of 16 positions.</summary>
    internal unsafe void Copy(Pointer<float> source, Pointer<float> destination, int length)
    {
        nint panels = Part == CachePart.Keys ? Heads : (nint)Heads * (HeadPanels.RoundUp(HeadDim) / HeadPanels.Width);
        nint stride = KeyValueCache.Floats(Heads, HeadDim, Context) / panels;
        nint floats = Part == CachePart.Keys ? (nint)HeadPanels.RoundUp(length) * HeadDim : (nint)length * HeadPanels.Width;
        for (nint panel = 0; panel < panels; panel++)
        {
            nint offset = Offset + panel * stride;
            Buffer.MemoryCopy((source + offset).Value, (destination + offset).Value, floats * sizeof(float), floats * sizeof(float));
        }
    }
}

namespace Transformer.Compiled.Ptx;

/// <summary>The asynchronous copies of a warp that have begun and not landed.</summary>
internal sealed class AsyncCopies(Warp warp)
{
    public void Clear() => _ = warp;
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>A position among the stages in shared memory, from the first on, which a loop moves on and round.</summary>
internal sealed class StageRing
{
    private readonly PtxBuilder _k;
    private readonly int _bytes;
    private readonly int _last;
    private readonly U32 _position;

    /// <param name="k">The kernel.</param>
    /// <param name="stages">How many there are: at least 2.</param>
    /// <param name="floats">Elements from one to the next.</param>
    public StageRing(PtxBuilder k, int stages, int floats)
    {
        _k = k;
        _bytes = 4 * floats;
        _last = _bytes * (stages - 1);
        _position = k.Variable((U32)0);
    }

    /// <summary>Goes on; returns the bytes to the next stage, modulo 2^32.</summary>
    public U32 Advance()
    {
        U32 bytes = _k.Select(_k.AreEqual(_position, _last), (U32)unchecked((uint)-_last), (U32)_bytes);
        _k.AddTo(_position, bytes);
        return bytes;
    }
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>A position among the stages in shared memory, which a loop moves on and round.</summary>
internal sealed class StageRing
{
    private readonly PtxBuilder _k;
    private readonly int _stages;
    private readonly int _bytes;
    private readonly U32 _stage;

    /// <param name="k">The kernel.</param>
    /// <param name="stages">How many there are: at least 2.</param>
    /// <param name="floats">Elements from one to the next.</param>
    /// <param name="first">Where the loop begins.</param>
    public StageRing(PtxBuilder k, int stages, int floats, int first)
    {
        _k = k;
        _stages = stages;
        _bytes = 4 * floats;
        _stage = k.Variable((U32)first);
    }

    /// <summary>Goes on; returns the bytes to the next stage, modulo 2^32.</summary>
    public U32 Advance()
    {
        _k.AddTo(_stage, 1);
        Predicate isPast = _k.AreEqual(_stage, _stages);
        _k.Assign(_stage, _k.Select(isPast, (U32)0, _stage));
        return _k.Select(isPast, (U32)unchecked((uint)-(_bytes * (_stages - 1))), (U32)_bytes);
    }
}

using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels.Tiles;

/// <summary>Hands out 64-byte-aligned pieces of the scratch of the thread that runs a task.</summary>
internal unsafe ref struct Scratch(float* start)
{
    private float* _next = start;
    private readonly float* _end = start + ComputeTeam.ScratchFloats;

    public float* Take(int floats)
    {
        float* piece = _next;
        _next += HeadPanels.RoundUp(floats);
        System.Diagnostics.Debug.Assert(_next <= _end, "The temporaries of a task exceed its scratch.");
        return piece;
    }

    public int* TakeIntegers(int count) => (int*)Take(count);
}

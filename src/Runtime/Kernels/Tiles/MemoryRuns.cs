using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Transformer.Compiled.Kernels.Tiles;

// Copies into panels and stores of results wait for memory that the processor's own prefetching does not foresee: short runs, far
// apart. Asked for while a register tile is computed, a few dozen lines at a time, they are there when it is done. More lines at
// once than the processor can have under way stall the computation instead, and so did asking for the left factor ahead. Panels that
// are used where they lie are more than that: register tiles ask for them line by line.

/// <summary>A part of a matrix: runs of floats that lie side by side, with a stride from one to the next.</summary>
internal readonly unsafe struct MemoryRuns(float* start, int runs, nint stride, int floats)
{
    private const int LineFloats = 16;

    private readonly float* _start = start;
    private readonly int _runs = runs;
    private readonly nint _stride = stride;
    private readonly int _lines = (floats + LineFloats - 1) / LineFloats;

    /// <summary>Asks for everything to be brought into the second-level cache.</summary>
    public void Prefetch() => Prefetch(0, 1, 1);

    /// <summary>Asks for parts [first, end) of so many equal ones. Nothing is read: lines that do not exist do no harm.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Prefetch(int first, int end, int parts)
    {
        if (!Sse.IsSupported) return;
        long lines = (long)_runs * _lines;
        int line = (int)(lines * first / parts), endLine = (int)(lines * end / parts);
        if (line == endLine) return;

        float* run = _start + line / _lines * _stride;
        for (int column = line % _lines; line < endLine; line++)
        {
            Sse.Prefetch1(run + column * LineFloats);
            if (++column < _lines) continue;
            column = 0;
            run += _stride;
        }
    }
}

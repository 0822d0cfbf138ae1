using System.ComponentModel;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class GradientNorm
{
    public static double SumOfSquares(ComputeTeam team, Pointer<float> gradient, nint count)
    {
        double sum = 0;
        for (nint i = 0; i < count; i++) sum += (double)gradient.Value[i] * gradient.Value[i];
        return sum;
    }
}

using System.ComponentModel;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Kernels;

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct AdamWCoefficients(
    float DecayFactor, float Beta1, float OneMinusBeta1, float Beta2, float OneMinusBeta2, float StepSize, float RootCorrection2, float Epsilon);

[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class OptimizerSteps
{
    public static void AdamW(
        ComputeTeam team, Pointer<float> gradient, float gradientScale, in AdamWCoefficients c, nint count,
        Pointer<float> parameter, Pointer<float> firstMoment, Pointer<float> secondMoment)
    {
        for (nint i = 0; i < count; i++)
        {
            float g = gradient.Value[i] * gradientScale;
            float m = c.Beta1 * firstMoment.Value[i] + c.OneMinusBeta1 * g;
            float v = c.Beta2 * secondMoment.Value[i] + c.OneMinusBeta2 * g * g;
            firstMoment.Value[i] = m;
            secondMoment.Value[i] = v;
            parameter.Value[i] = c.DecayFactor * parameter.Value[i] - c.StepSize * m / (MathF.Sqrt(v) / c.RootCorrection2 + c.Epsilon);
        }
    }
}

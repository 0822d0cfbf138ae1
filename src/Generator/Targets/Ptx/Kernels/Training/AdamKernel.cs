using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// g ← clamp(scale · gradient) + penalty · p   p ← (1 − rate · decay) · p
// m ← β₁ m + (1 − β₁) g                       v ← β₂ v + (1 − β₂) g²
// p ← p − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)

/// <summary>
/// A step of Adam or AdamW over a flat range, in the run-time's order of operations; coefficients are of the control block, and the scale is
/// what <see cref="GradientNormKernels"/> left.
/// </summary>
internal static class AdamKernel
{
    /// <param name="count">Parameters of the range.</param>
    /// <param name="kind">The kind of all of them, which decides how they decay.</param>
    public static PtxKernel Of(int count, ParameterKind kind)
    {
        int width = count % 4 == 0 ? 4 : 1;
        var k = new PtxBuilder(
            $"Adam_{count}_{kind}",
            $"parameter[{count}], its first and second moment: a step of Adam",
            ElementwiseKernel.Grid(count / width),
            new LaunchSize(ElementwiseKernel.Threads));
        GlobalAddress gradient = k.Buffer("gradient"), scales = k.Buffer("scale");
        GlobalAddress parameter = k.Buffer("parameter"), firstMoment = k.Buffer("firstMoment"), secondMoment = k.Buffer("secondMoment");
        var control = new ControlBlock(k);
        U32 index = k.MultiplyAdd(k.BlockX, ElementwiseKernel.Threads, k.Thread);
        k.ExitIf(k.AtLeast(index, count / width));

        U32 first = k.Multiply(index, width);
        (parameter, firstMoment, secondMoment) = (k.Element(parameter, first), k.Element(firstMoment, first), k.Element(secondMoment, first));
        F32[] g = k.Load(k.Element(gradient, first), width);
        F32[] p = k.Load(parameter, width), m = k.Load(firstMoment, width), v = k.Load(secondMoment, width);
        F32 scale = k.Load(scales), limit = control.Float(ControlField.ClipValue), epsilon = control.Float(ControlField.Epsilon);
        F32 beta1 = control.Float(ControlField.Beta1), oneMinusBeta1 = control.Float(ControlField.OneMinusBeta1);
        F32 beta2 = control.Float(ControlField.Beta2), oneMinusBeta2 = control.Float(ControlField.OneMinusBeta2);
        F32 stepSize = control.Float(ControlField.StepSize), inverseRoot = control.Float(ControlField.InverseRootCorrection2);
        F32 penalty = control.Float(ControlField.Penalty + (int)kind), factor = control.Float(ControlField.DecayFactor + (int)kind);
        F32 lowest = k.Negate(limit);

        for (int lane = 0; lane < width; lane++)
        {
            F32 clipped = k.Clamp(k.Multiply(g[lane], scale), lowest, limit);
            clipped = k.MultiplyAdd(p[lane], penalty, clipped);
            m[lane] = k.MultiplyAdd(clipped, oneMinusBeta1, k.Multiply(m[lane], beta1));
            v[lane] = k.MultiplyAdd(k.Multiply(clipped, clipped), oneMinusBeta2, k.Multiply(v[lane], beta2));
            F32 denominator = k.MultiplyAdd(k.SquareRoot(v[lane]), inverseRoot, epsilon);
            F32 step = k.Divide(k.Multiply(m[lane], stepSize), denominator);
            p[lane] = k.Subtract(k.Multiply(p[lane], factor), step);
        }

        k.Store(firstMoment, m);
        k.Store(secondMoment, v);
        k.Store(parameter, p);
        return k.Build();
    }
}

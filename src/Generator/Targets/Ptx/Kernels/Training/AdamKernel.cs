namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// m ← β₁ m + (1 − β₁) g                       v ← β₂ v + (1 − β₂) g²
// p ← (1 − rate · decay) · p − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)

/// <summary>A step of Adam or AdamW over a flat range, in the run-time's order of operations.</summary>
internal static class AdamKernel
{
    public static PtxKernel Step { get; } = Build();

    private static PtxKernel Build()
    {
        var range = new UpdateRange(UpdateLaunches.Adam, "parameter[4 * fours], its first and second moment: a step of Adam", ["firstMoment", "secondMoment"]);
        PtxBuilder k = range.Builder;
        ControlBlock control = range.Control;
        F32 beta1 = control.Float(ControlField.Beta1), oneMinusBeta1 = control.Float(ControlField.OneMinusBeta1);
        F32 beta2 = control.Float(ControlField.Beta2), oneMinusBeta2 = control.Float(ControlField.OneMinusBeta2);
        F32 stepSize = control.Float(ControlField.StepSize), inverseRoot = control.Float(ControlField.InverseRootCorrection2), epsilon = control.Float(ControlField.Epsilon);
        F32 factor = range.OfKind(ControlField.DecayFactor);
        (F32[] p, F32[] m, F32[] v) = (range.Parameters, range.States[0], range.States[1]);
        for (int lane = 0; lane < UpdateLaunches.Group; lane++)
        {
            F32 g = range.Gradients[lane];
            m[lane] = k.MultiplyAdd(g, oneMinusBeta1, k.Multiply(m[lane], beta1));
            v[lane] = k.MultiplyAdd(k.Multiply(g, g), oneMinusBeta2, k.Multiply(v[lane], beta2));
            F32 denominator = k.MultiplyAdd(k.SquareRoot(v[lane]), inverseRoot, epsilon);
            p[lane] = k.Subtract(k.Multiply(p[lane], factor), k.Divide(k.Multiply(m[lane], stepSize), denominator));
        }

        return range.Build();
    }
}

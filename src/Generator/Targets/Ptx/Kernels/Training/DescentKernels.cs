namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>A step of an optimizer over a flat range.</summary>
/// <param name="Name">The entry.</param>
/// <param name="States">The buffers of its state, in the order of the parameters.</param>
/// <param name="Coefficients">What it reads of the control block.</param>
/// <param name="Step">The parameter's new value from its old one, the gradient, the states (which it replaces) and the coefficients.</param>
internal sealed record DescentFormula(
    string Name, IReadOnlyList<string> States, IReadOnlyList<ControlField> Coefficients, Func<PtxBuilder, F32, F32, F32[], F32[], F32> Step);

// SGD       b ← μ b + (1 − dampening) g          p ← p − rate · d, d = g without momentum, b with it, g + μ b with Nesterov's
// RMSProp   v ← α v + (1 − α) g²      centred: m ← α m + (1 − α) g, and max(v − m², 0) in v's place below
//           s ← g / (√v + ε)          momentum: b ← μ b + s, and b in s's place below          p ← p − rate · s

/// <summary>SGD and RMSProp over a flat range, in the run-time's order of operations.</summary>
internal static class DescentKernels
{
    private const string FirstMoment = "firstMoment", Momentum = "momentum";

    public static PtxKernel Sgd { get; } = Build(new(UpdateLaunches.Sgd, [], [ControlField.LearningRate], (k, p, g, _, c) => Descend(k, p, g, c[0])));

    public static PtxKernel SgdWithMomentum { get; } = Build(new(
        UpdateLaunches.SgdWithMomentum, [Momentum], [ControlField.LearningRate, ControlField.Momentum, ControlField.GradientShare, ControlField.LookAhead], (k, p, g, states, c) =>
        {
            states[0] = k.MultiplyAdd(g, c[2], k.Multiply(states[0], c[1]));
            F32 ahead = k.MultiplyAdd(states[0], c[3], g);
            return Descend(k, p, k.Select(k.Greater(c[3], 0f), ahead, states[0]), c[0]);
        }));

    public static PtxKernel RmsProp { get; } = OfRmsProp(UpdateLaunches.RmsProp);

    public static PtxKernel RmsPropWithMomentum { get; } = OfRmsProp(UpdateLaunches.RmsPropWithMomentum, Momentum);

    public static PtxKernel RmsPropCentred { get; } = OfRmsProp(UpdateLaunches.RmsPropCentred, FirstMoment);

    public static PtxKernel RmsPropCentredWithMomentum { get; } = OfRmsProp(UpdateLaunches.RmsPropCentredWithMomentum, FirstMoment, Momentum);

    /// <param name="name">The entry.</param>
    /// <param name="further">The states beside the second moment; the first moment is that of the centred form.</param>
    private static PtxKernel OfRmsProp(string name, params string[] further)
    {
        bool isCentred = further.Contains(FirstMoment), hasMomentum = further.Contains(Momentum);
        ControlField[] coefficients =
            [ControlField.LearningRate, ControlField.Alpha, ControlField.OneMinusAlpha, ControlField.Epsilon, .. hasMomentum ? (ControlField[])[ControlField.Momentum] : []];
        return Build(new(name, ["secondMoment", .. further], coefficients, (k, p, g, own, c) =>
        {
            F32 variance = own[0] = Average(k, own[0], k.Multiply(g, g), c);
            if (isCentred)
            {
                F32 mean = own[1] = Average(k, own[1], g, c);
                variance = k.Greatest(k.MultiplyAdd(k.Negate(mean), mean, variance), 0f);
            }

            F32 step = k.Divide(g, k.Add(k.SquareRoot(variance), c[3]));
            if (hasMomentum) step = own[own.Length - 1] = k.MultiplyAdd(own[own.Length - 1], c[4], step);
            return Descend(k, p, step, c[0]);
        }));
    }

    /// <summary>p − rate · step.</summary>
    private static F32 Descend(PtxBuilder k, F32 p, F32 step, F32 rate) => k.MultiplyAdd(k.Negate(step), rate, p);

    /// <summary>α · average + (1 − α) · value.</summary>
    private static F32 Average(PtxBuilder k, F32 average, F32 value, F32[] c) => k.MultiplyAdd(value, c[2], k.Multiply(average, c[1]));

    private static PtxKernel Build(DescentFormula formula)
    {
        string states = string.Concat(formula.States.Select(state => ", " + state));
        var range = new UpdateRange(formula.Name, $"parameter{states}, each [4 * fours]: a step of {formula.Name}", formula.States);
        PtxBuilder k = range.Builder;
        F32[] coefficients = [.. formula.Coefficients.Select(range.Control.Float)];
        for (int lane = 0; lane < UpdateLaunches.Group; lane++)
        {
            F32[] own = [.. range.States.Select(state => state[lane])];
            range.Parameters[lane] = formula.Step(k, range.Parameters[lane], range.Gradients[lane], own, coefficients);
            for (int state = 0; state < own.Length; state++) range.States[state][lane] = own[state];
        }

        return range.Build();
    }
}

using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Whether an optimizer keeps a running momentum.</summary>
internal enum Momentum
{
    None,
    Kept,
}

/// <summary>Whether RMSProp's second moment is that around the mean.</summary>
internal enum MomentCentre
{
    Zero,
    Mean,
}

/// <summary>A step of an optimizer over a flat range.</summary>
/// <param name="Name">The optimizer and its variant.</param>
/// <param name="States">The buffers of its state, in the order of the parameters.</param>
/// <param name="Coefficients">What it reads of the control block.</param>
/// <param name="Step">The parameter's new value from its old one, the gradient, the states (which it replaces) and the coefficients.</param>
internal sealed record DescentFormula(
    string Name, IReadOnlyList<string> States, IReadOnlyList<ControlField> Coefficients, Func<PtxBuilder, F32, F32, F32[], F32[], F32> Step);

// SGD       b ← μ b + (1 − dampening) g          p ← p − rate · d, d = g without momentum, b with it, g + μ b with Nesterov's
// RMSProp   v ← α v + (1 − α) g²      centred: m ← α m + (1 − α) g, and max(v − m², 0) in v's place below
//           s ← g / (√v + ε)          momentum: b ← μ b + s, and b in s's place below          p ← p − rate · s
// Both: g ← clamp(scale · gradient) + penalty · p

/// <summary>SGD and RMSProp in the run-time's order of operations; coefficients are of the control block, the scale is what the gradient's norm left.</summary>
internal static class DescentKernels
{
    public static PtxKernel Sgd(int count, Momentum momentum, ParameterKind kind) => Of(
        count, kind, momentum == Momentum.None
            ? new("Sgd", [], [ControlField.LearningRate], (k, p, g, _, c) => Descend(k, p, g, c[0]))
            : new("Sgd_Momentum", ["momentum"], [ControlField.LearningRate, ControlField.Momentum, ControlField.GradientShare, ControlField.LookAhead], (k, p, g, states, c) =>
            {
                states[0] = k.MultiplyAdd(g, c[2], k.Multiply(states[0], c[1]));
                F32 ahead = k.MultiplyAdd(states[0], c[3], g);
                return Descend(k, p, k.Select(k.Greater(c[3], 0f), ahead, states[0]), c[0]);
            }));

    public static PtxKernel RmsProp(int count, MomentCentre centre, Momentum momentum, ParameterKind kind)
    {
        bool isCentred = centre == MomentCentre.Mean, isKept = momentum == Momentum.Kept;
        string[] states = ["secondMoment", .. isCentred ? (string[])["firstMoment"] : [], .. isKept ? (string[])["momentum"] : []];
        ControlField[] coefficients =
            [ControlField.LearningRate, ControlField.Alpha, ControlField.OneMinusAlpha, ControlField.Epsilon, .. isKept ? (ControlField[])[ControlField.Momentum] : []];
        return Of(count, kind, new($"RmsProp{(isCentred ? "_Centred" : "")}{(isKept ? "_Momentum" : "")}", states, coefficients, (k, p, g, own, c) =>
        {
            F32 variance = own[0] = Average(k, own[0], k.Multiply(g, g), c);
            if (isCentred)
            {
                F32 mean = own[1] = Average(k, own[1], g, c);
                variance = k.Greatest(k.MultiplyAdd(k.Negate(mean), mean, variance), 0f);
            }

            F32 step = k.Divide(g, k.Add(k.SquareRoot(variance), c[3]));
            if (isKept) step = own[own.Length - 1] = k.MultiplyAdd(own[own.Length - 1], c[4], step);
            return Descend(k, p, step, c[0]);
        }));
    }

    /// <summary>p − rate · step.</summary>
    private static F32 Descend(PtxBuilder k, F32 p, F32 step, F32 rate) => k.MultiplyAdd(k.Negate(step), rate, p);

    /// <summary>α · average + (1 − α) · value.</summary>
    private static F32 Average(PtxBuilder k, F32 average, F32 value, F32[] c) => k.MultiplyAdd(value, c[2], k.Multiply(average, c[1]));

    private static PtxKernel Of(int count, ParameterKind kind, DescentFormula formula)
    {
        int width = count % 4 == 0 ? 4 : 1;
        var k = new PtxBuilder(
            $"{formula.Name}_{count}_{kind}",
            $"parameter{string.Concat(formula.States.Select(state => ", " + state))}, each [{count}]: a step of {formula.Name}",
            ElementwiseKernel.Grid(count / width),
            new LaunchSize(ElementwiseKernel.Threads));
        GlobalAddress gradient = k.Buffer("gradient"), scales = k.Buffer("scale"), parameter = k.Buffer("parameter");
        GlobalAddress[] states = [.. formula.States.Select(k.Buffer)];
        var control = new ControlBlock(k);
        U32 index = k.MultiplyAdd(k.BlockX, ElementwiseKernel.Threads, k.Thread);
        k.ExitIf(k.AtLeast(index, count / width));

        U32 first = k.Multiply(index, width);
        parameter = k.Element(parameter, first);
        for (int state = 0; state < states.Length; state++) states[state] = k.Element(states[state], first);
        F32[] g = k.Load(k.Element(gradient, first), width), p = k.Load(parameter, width);
        F32[][] values = [.. states.Select(state => k.Load(state, width))];
        F32[] coefficients = [.. formula.Coefficients.Select(control.Float)];
        F32 scale = k.Load(scales), limit = control.Float(ControlField.ClipValue), lowest = k.Negate(limit);
        F32 penalty = control.Float(ControlField.Penalty + (int)kind);
        for (int lane = 0; lane < width; lane++)
        {
            F32 clipped = k.Clamp(k.Multiply(g[lane], scale), lowest, limit);
            clipped = k.MultiplyAdd(p[lane], penalty, clipped);
            F32[] own = [.. values.Select(value => value[lane])];
            p[lane] = formula.Step(k, p[lane], clipped, own, coefficients);
            for (int state = 0; state < own.Length; state++) values[state][lane] = own[state];
        }

        for (int state = 0; state < states.Length; state++) k.Store(states[state], values[state]);
        k.Store(parameter, p);
        return k.Build();
    }
}

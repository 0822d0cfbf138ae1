namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>A loss that is a mean over elements: of one prediction and its target, and its derivative by the prediction.</summary>
internal sealed record ElementLossFormula(string Name, Func<PtxBuilder, F32, F32, F32> Loss, Func<PtxBuilder, F32, F32, F32> Derivative)
{
    /// <summary>max(x, 0) − t · x + ln(1 + e^−|x|), which neither overflows nor loses small losses; σ(x) − t.</summary>
    public static ElementLossFormula BinaryCrossEntropy { get; } = new(
        "BinaryCrossEntropy",
        (k, x, target) =>
        {
            F32 tail = LogOnePlus(k, Functions.Exp(k, k.Negate(k.Absolute(x))));
            return k.Add(k.MultiplyAdd(k.Negate(target), x, k.Greatest(x, 0f)), tail);
        },
        (k, x, target) => k.Subtract(Functions.Sigmoid(k, x), target));

    /// <summary>(x − t)²; 2 · (x − t).</summary>
    public static ElementLossFormula MeanSquaredError { get; } = new(
        "MeanSquaredError",
        (k, x, target) =>
        {
            F32 difference = k.Subtract(x, target);
            return k.Multiply(difference, difference);
        },
        (k, x, target) => k.Multiply(k.Subtract(x, target), 2f));

    /// <summary>ln(1 + x) for x in [0, 1]: 2 · artanh(s) with s = x / (2 + x), at most a third, by its series.</summary>
    private static F32 LogOnePlus(PtxBuilder k, F32 x)
    {
        F32 s = k.Divide(x, k.Add(x, 2f)), square = k.Multiply(s, s);
        F32 sum = k.MultiplyAdd(square, 2f / 17, 2f / 15);
        for (int power = 13; power >= 1; power -= 2) sum = k.MultiplyAdd(sum, square, 2f / power);
        return k.Multiply(sum, s);
    }
}

/// <summary>
/// loss = Σ loss(x, t) / count, dx = loss'(x, t) / count over the elements of [rows, columns] whose target t is not NaN; both are 0 for the
/// others, whatever x is there.
/// </summary>
internal static class ElementLossKernels
{
    /// <summary>The mean of the rows' losses, by how many of their elements count.</summary>
    public static LossMeans Means { get; } = new("ElementLoss", "rowCounts", (_, count) => count);

    /// <summary>Each row's sum of losses and number of targets that count.</summary>
    public static PtxKernel Rows(ElementLossFormula formula, int rows, int columns)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"{formula.Name}Rows_{rows}x{columns}", $"rowLosses[{rows}], rowCounts[{rows}] of predictions[{rows},{columns}] and targets", Extent.Of(rows), columns);
        GlobalAddress predictions = k.Buffer("predictions"), targets = k.Buffer("targets");
        GlobalAddress rowLosses = k.Buffer("rowLosses"), rowCounts = k.Buffer("rowCounts");
        var team = RowTeam.Begin(k, Extent.Of(rows), columns);
        (predictions, targets) = (team.RowOf(predictions), team.RowOf(targets));
        F32 loss = k.Variable(0f), count = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            F32[] x = k.Load(k.Element(predictions, column), team.Width), t = k.Load(k.Element(targets, column), team.Width);
            for (int lane = 0; lane < x.Length; lane++)
            {
                Predicate counts = LossMeans.IsNumber(k, t[lane]);
                k.AddTo(loss, k.Select(counts, formula.Loss(k, x[lane], t[lane]), 0f));
                k.AddTo(count, k.Select(counts, 1f, 0f));
            }
        });
        F32 rowLoss = team.Sum(loss), rowCount = team.Sum(count);
        team.Once(() =>
        {
            k.Store(k.Element(rowLosses, team.Row), rowLoss);
            k.Store(k.Element(rowCounts, team.Row), rowCount);
        });
        return k.Build();
    }

    /// <summary>The mean loss's gradient; it may be the predictions.</summary>
    public static PtxKernel Gradient(ElementLossFormula formula, int rows, int columns)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"{formula.Name}Gradient_{rows}x{columns}", $"gradient[{rows},{columns}] = loss'(predictions, targets) * share", Extent.Of(rows), columns);
        GlobalAddress predictions = k.Buffer("predictions"), targets = k.Buffer("targets"), shares = k.Buffer("share"), gradient = k.Buffer("gradient");
        var team = RowTeam.Begin(k, Extent.Of(rows), columns);
        (predictions, targets, gradient) = (team.RowOf(predictions), team.RowOf(targets), team.RowOf(gradient));
        F32 share = k.Load(shares);
        team.ForEachColumn(column =>
        {
            F32[] x = k.Load(k.Element(predictions, column), team.Width), t = k.Load(k.Element(targets, column), team.Width);
            for (int lane = 0; lane < x.Length; lane++)
            {
                F32 slope = k.Multiply(formula.Derivative(k, x[lane], t[lane]), share);
                x[lane] = k.Select(LossMeans.IsNumber(k, t[lane]), slope, 0f);
            }

            k.Store(k.Element(gradient, column), x);
        });
        return k.Build();
    }
}

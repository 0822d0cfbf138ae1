namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Whether the classes of a loss have weights.</summary>
internal enum ClassWeights
{
    None,
    Given,
}

/// <summary>What the loss of logits[rows, classes] is specialised by.</summary>
internal readonly record struct CrossEntropyShape(int Rows, int Classes, float LabelSmoothing, ClassWeights Weights)
{
    /// <summary>Of the kernels that depend on the options.</summary>
    public string Suffix => (LabelSmoothing == 0f ? "" : "_Smoothed" + FloatName.Of(LabelSmoothing)) + (Weights == ClassWeights.Given ? "_Weighted" : "");

    public bool HasWeights => Weights == ClassWeights.Given;

    public override string ToString() => $"{Rows}x{Classes}";
}

// row loss = (1 − ε) · w[t] · (logZ − x[t]) + ε/V · Σ_c w[c] · (logZ − x[c])          loss = Σ row losses / Σ w[t] over rows with t ≠ −100
// dx[c]    = (((1 − ε) · w[t] + ε/V · Σ w) · e^(x[c] − logZ) − ε/V · w[c] − (1 − ε) · w[t] · [c = t]) / Σ w[t]          zero in rows with t = −100

/// <summary>Softmax and cross-entropy in one, and its gradient, by PyTorch's definitions.</summary>
internal static class SoftmaxCrossEntropyKernels
{
    /// <summary>−100 as a word: the target that counts for nothing.</summary>
    private const uint Ignored = 0xFFFFFF9C;
    private const int Threads = 256;

    /// <summary>Floats between <see cref="Shares"/> and <see cref="Gradient"/>.</summary>
    public const int SharesFloats = 3;

    /// <summary>Each row's loss (0 where the target is ignored) and the logarithm of its softmax's denominator.</summary>
    public static PtxKernel Rows(CrossEntropyShape shape)
    {
        var rows = Extent.Of(shape.Rows);
        PtxBuilder k = RowTeam.Kernel(
            $"SoftmaxCrossEntropyRows_{shape}{shape.Suffix}",
            $"rowLosses[{shape.Rows}] = log(sum(exp(logits[{shape}]))) - logits[targets], logNormalizers[{shape.Rows}]", rows, shape.Classes);
        GlobalAddress logits = k.Buffer("logits"), targets = k.Buffer("targets");
        GlobalAddress? weights = k.BufferIf(shape.HasWeights, "classWeights");
        GlobalAddress rowLosses = k.Buffer("rowLosses"), logNormalizers = k.Buffer("logNormalizers");
        var team = RowTeam.Begin(k, rows, shape.Classes);
        GlobalAddress x = team.RowOf(logits);

        F32 logNormalizer = LogSumExp(k, team, x);
        F32? ofAllClasses = shape.LabelSmoothing == 0f ? null : Surprise(k, team, x, logNormalizer, weights);
        team.Once(() =>
        {
            U32 target = k.LoadWord(k.Element(targets, team.Row));
            F32 result = k.Variable(0f);
            k.If(k.Differ(target, Ignored), () =>
            {
                F32 loss = k.Subtract(logNormalizer, k.Load(k.Element(x, target)));
                if (weights is { } table) loss = k.Multiply(loss, k.Load(k.Element(table, target)));
                if (ofAllClasses is { } all)
                    loss = k.MultiplyAdd(loss, 1f - shape.LabelSmoothing, k.Multiply(all, shape.LabelSmoothing / shape.Classes));
                k.Assign(result, loss);
            });
            k.Store(k.Element(rowLosses, team.Row), result);
            k.Store(k.Element(logNormalizers, team.Row), logNormalizer);
        });
        return k.Build();
    }

    /// <summary>loss[0] = the mean of the rows' losses over those that count, by weight; 0 when there are none.</summary>
    public static PtxKernel Mean(CrossEntropyShape shape)
    {
        var k = new PtxBuilder(
            $"SoftmaxCrossEntropyMean_{shape.Rows}{(shape.HasWeights ? "_Weighted" : "")}",
            $"loss = sum of rowLosses[{shape.Rows}] / weight of the targets that count",
            new LaunchSize(1),
            new LaunchSize(Threads));
        GlobalAddress rowLosses = k.Buffer("rowLosses"), targets = k.Buffer("targets");
        GlobalAddress? weights = k.BufferIf(shape.HasWeights, "classWeights");
        GlobalAddress loss = k.Buffer("loss");
        F32 sum = k.Variable(0f), weight = k.Variable(0f);
        k.For(k.Thread, shape.Rows, Threads, row =>
        {
            k.AddTo(sum, k.Load(k.Element(rowLosses, row)));
            AddTargetWeight(k, weight, targets, weights, row);
        });
        F32[] totals = BlockSum.Of(k, "parts", sum, weight);
        k.If(k.AreEqual(k.Thread, 0), () =>
            k.Store(loss, k.Select(k.Greater(totals[1], 0f), k.Divide(totals[0], totals[1]), 0f)));
        return k.Build();
    }

    /// <summary>
    /// shares[3]: what a row passes back to its target for each unit of that class's weight, to each class for each unit of its weight (by
    /// smoothing), and that for all classes together; all times the loss scale.
    /// </summary>
    public static PtxKernel Shares(CrossEntropyShape shape)
    {
        var k = new PtxBuilder(
            $"SoftmaxCrossEntropyShares_{shape}{shape.Suffix}",
            $"shares = of the weight of targets[{shape.Rows}] that count",
            new LaunchSize(1),
            new LaunchSize(Threads));
        GlobalAddress targets = k.Buffer("targets");
        GlobalAddress? weights = k.BufferIf(shape.HasWeights, "classWeights");
        GlobalAddress shares = k.Buffer("shares");
        var control = new ControlBlock(k);
        F32 weight = k.Variable(0f), allWeights = k.Variable(0f);
        k.For(k.Thread, shape.Rows, Threads, row => AddTargetWeight(k, weight, targets, weights, row));
        if (weights is { } table) k.For(k.Thread, shape.Classes, Threads, c => k.AddTo(allWeights, k.Load(k.Element(table, c))));
        F32[] totals = BlockSum.Of(k, "parts", weight, allWeights);
        k.If(k.AreEqual(k.Thread, 0), () =>
        {
            F32 share = k.Select(k.Greater(totals[0], 0f), k.Divide(control.Float(ControlField.LossScale), totals[0]), 0f);
            F32 ofClass = k.Multiply(share, shape.LabelSmoothing / shape.Classes);
            k.Store(shares, k.Multiply(share, 1f - shape.LabelSmoothing));
            k.Store(shares.Plus(1), ofClass);
            k.Store(shares.Plus(2), k.Multiply(ofClass, shape.HasWeights ? totals[1] : shape.Classes));
        });
        return k.Build();
    }

    /// <summary>The mean loss's gradient; it may be the logits.</summary>
    public static PtxKernel Gradient(CrossEntropyShape shape)
    {
        var rows = Extent.Of(shape.Rows);
        PtxBuilder k = RowTeam.Kernel(
            $"SoftmaxCrossEntropyGradient_{shape}{shape.Suffix}", $"dLogits[{shape}] = (softmax(logits) - targets) * shares", rows, shape.Classes);
        GlobalAddress logits = k.Buffer("logits"), targets = k.Buffer("targets"), logNormalizers = k.Buffer("logNormalizers");
        GlobalAddress? weights = k.BufferIf(shape.HasWeights, "classWeights");
        GlobalAddress shares = k.Buffer("shares"), dLogits = k.Buffer("dLogits");
        var team = RowTeam.Begin(k, rows, shape.Classes);
        GlobalAddress x = team.RowOf(logits), dx = team.RowOf(dLogits);
        U32 target = k.LoadWord(k.Element(targets, team.Row));
        k.If(k.AreEqual(target, Ignored), () => team.ForEachColumn(column => k.Store(k.Element(dx, column), Zeros(team.Width))), () =>
        {
            F32 logNormalizer = k.Load(k.Element(logNormalizers, team.Row)), share = k.Load(shares);
            if (weights is { } table) share = k.Multiply(share, k.Load(k.Element(table, target)));
            bool isSmoothed = shape.LabelSmoothing != 0f;
            F32 ofClass = isSmoothed ? k.Load(shares.Plus(1)) : 0f;
            F32 ofAll = isSmoothed ? k.Add(share, k.Load(shares.Plus(2))) : share;
            team.ForEachColumn(column =>
            {
                F32[] values = k.Load(k.Element(x, column), team.Width);
                F32[]? classWeights = isSmoothed && weights is { } start ? k.Load(k.Element(start, column), team.Width) : null;
                for (int lane = 0; lane < values.Length; lane++)
                {
                    F32 value = k.Multiply(Functions.Exp(k, k.Subtract(values[lane], logNormalizer)), ofAll);
                    if (isSmoothed) value = k.Subtract(value, classWeights is null ? ofClass : k.Multiply(ofClass, classWeights[lane]));
                    values[lane] = k.Subtract(value, k.Select(k.AreEqual(k.Add(column, lane), target), share, 0f));
                }

                k.Store(k.Element(dx, column), values);
            });
        });
        return k.Build();
    }

    /// <summary>logZ = m + ln Σ e^(x − m), m the row's maximum; −∞ where all are.</summary>
    internal static F32 LogSumExp(PtxBuilder k, RowTeam team, GlobalAddress x)
    {
        F32 greatest = k.Variable(float.NegativeInfinity);
        team.ForEachColumn(column =>
        {
            foreach (F32 value in k.Load(k.Element(x, column), team.Width)) k.Assign(greatest, k.Greatest(greatest, value));
        });
        F32 ofRow = team.Greatest(greatest);
        F32 maximum = k.Select(k.Greater(ofRow, float.NegativeInfinity), ofRow, 0f);
        F32 sum = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            foreach (F32 value in k.Load(k.Element(x, column), team.Width)) k.AddTo(sum, Functions.Exp(k, k.Subtract(value, maximum)));
        });
        return k.Add(maximum, Functions.Log(k, team.Sum(sum)));
    }

    /// <summary>Σ w · (logZ − x), w being 1 where there are no weights.</summary>
    private static F32 Surprise(PtxBuilder k, RowTeam team, GlobalAddress x, F32 logNormalizer, GlobalAddress? weights)
    {
        F32 sum = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            F32[] values = k.Load(k.Element(x, column), team.Width);
            F32[]? factors = weights is { } table ? k.Load(k.Element(table, column), team.Width) : null;
            for (int lane = 0; lane < values.Length; lane++)
            {
                F32 surprise = k.Subtract(logNormalizer, values[lane]);
                if (factors is null) k.AddTo(sum, surprise);
                else k.MultiplyAddTo(sum, factors[lane], surprise);
            }
        });
        return team.Sum(sum);
    }

    private static void AddTargetWeight(PtxBuilder k, F32 sum, GlobalAddress targets, GlobalAddress? weights, U32 row)
    {
        U32 target = k.LoadWord(k.Element(targets, row));
        k.If(k.Differ(target, Ignored), () => k.AddTo(sum, weights is { } table ? k.Load(k.Element(table, target)) : 1f));
    }

    private static F32[] Zeros(int count) => [.. Enumerable.Range(0, count).Select(_ => (F32)0f)];
}

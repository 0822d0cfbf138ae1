namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// row loss = Σ_c t[c] · (logZ − x[c])                          loss = Σ row losses / rows whose targets have no NaN
// dx       = (Σ t · e^(x − logZ) − t) / rows counted          zero in rows that are not counted

/// <summary>Softmax and cross-entropy against a distribution over the classes, and its gradient.</summary>
internal static class SoftTargetCrossEntropyKernels
{
    /// <summary>The mean over the rows whose targets have a sum.</summary>
    public static LossMeans Means { get; } = new("SoftTargetCrossEntropy", "targetSums", (k, sum) => k.Select(LossMeans.IsNumber(k, sum), 1f, 0f));

    /// <summary>Each row's loss (0 where ignored), the logarithm of its softmax's denominator, and its sum of targets (NaN where ignored).</summary>
    public static PtxKernel Rows(int rows, int classes)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"SoftTargetCrossEntropyRows_{rows}x{classes}",
            $"rowLosses[{rows}] = sum of targets[{rows},{classes}] * (logNormalizers - logits), logNormalizers[{rows}], targetSums[{rows}]", Extent.Of(rows), classes);
        GlobalAddress logits = k.Buffer("logits"), targets = k.Buffer("targets");
        GlobalAddress rowLosses = k.Buffer("rowLosses"), logNormalizers = k.Buffer("logNormalizers"), targetSums = k.Buffer("targetSums");
        var team = RowTeam.Begin(k, Extent.Of(rows), classes);
        (logits, targets) = (team.RowOf(logits), team.RowOf(targets));

        F32 logNormalizer = SoftmaxCrossEntropyKernels.LogSumExp(k, team, logits);
        F32 sum = k.Variable(0f), surprise = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            F32[] x = k.Load(k.Element(logits, column), team.Width), t = k.Load(k.Element(targets, column), team.Width);
            for (int lane = 0; lane < x.Length; lane++)
            {
                k.AddTo(sum, t[lane]);
                F32 counted = k.Select(k.Greater(k.Absolute(t[lane]), 0f), k.Subtract(logNormalizer, x[lane]), 0f);
                k.MultiplyAddTo(surprise, t[lane], counted);
            }
        });
        F32 targetSum = team.Sum(sum), loss = team.Sum(surprise);
        team.Once(() =>
        {
            k.Store(k.Element(rowLosses, team.Row), k.Select(LossMeans.IsNumber(k, targetSum), loss, 0f));
            k.Store(k.Element(logNormalizers, team.Row), logNormalizer);
            k.Store(k.Element(targetSums, team.Row), targetSum);
        });
        return k.Build();
    }

    /// <summary>The mean loss's gradient; it may be the logits.</summary>
    public static PtxKernel Gradient(int rows, int classes)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"SoftTargetCrossEntropyGradient_{rows}x{classes}", $"dLogits[{rows},{classes}] = (targetSums * softmax(logits) - targets) * share", Extent.Of(rows), classes);
        GlobalAddress logits = k.Buffer("logits"), targets = k.Buffer("targets"), logNormalizers = k.Buffer("logNormalizers"), targetSums = k.Buffer("targetSums");
        GlobalAddress shares = k.Buffer("share"), dLogits = k.Buffer("dLogits");
        var team = RowTeam.Begin(k, Extent.Of(rows), classes);
        (logits, targets, dLogits) = (team.RowOf(logits), team.RowOf(targets), team.RowOf(dLogits));
        F32 logNormalizer = k.Load(k.Element(logNormalizers, team.Row)), targetSum = k.Load(k.Element(targetSums, team.Row)), share = k.Load(shares);
        Predicate counts = LossMeans.IsNumber(k, targetSum);
        team.ForEachColumn(column =>
        {
            F32[] x = k.Load(k.Element(logits, column), team.Width), t = k.Load(k.Element(targets, column), team.Width);
            for (int lane = 0; lane < x.Length; lane++)
            {
                F32 expected = k.Multiply(targetSum, Functions.Exp(k, k.Subtract(x[lane], logNormalizer)));
                x[lane] = k.Select(counts, k.Multiply(k.Subtract(expected, t[lane]), share), 0f);
            }

            k.Store(k.Element(dLogits, column), x);
        });
        return k.Build();
    }
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What makes a mean of the losses of rows, by one block: sums of rows by threads, then those in order.</summary>
/// <param name="Loss">The loss that kernels are named by.</param>
/// <param name="Counts">The tensor [rows] that says how much a row counts.</param>
/// <param name="Weight">How much, from its element.</param>
internal sealed record LossMeans(string Loss, string Counts, Func<PtxBuilder, F32, F32> Weight)
{
    private const int Threads = 256;

    /// <summary>loss[0] = the sum of the rows' losses over what counts; 0 where nothing does.</summary>
    public PtxKernel Mean(int rows)
    {
        PtxBuilder k = Kernel("Mean", $"loss = sum of rowLosses[{rows}] / what counts of {Counts}", rows);
        GlobalAddress rowLosses = k.Buffer("rowLosses"), counts = k.Buffer(Counts), loss = k.Buffer("loss");
        F32 sum = k.Variable(0f), weight = k.Variable(0f);
        k.For(k.Thread, rows, Threads, row =>
        {
            k.AddTo(sum, k.Load(k.Element(rowLosses, row)));
            k.AddTo(weight, Weight(k, k.Load(k.Element(counts, row))));
        });
        F32[] totals = BlockSum.Of(k, "parts", sum, weight);
        k.If(k.AreEqual(k.Thread, 0), () => k.Store(loss, k.Select(k.Greater(totals[1], 0f), k.Divide(totals[0], totals[1]), 0f)));
        return k.Build();
    }

    /// <summary>share[0] = the loss scale over what counts, which is a whole number, or over 1 where nothing does.</summary>
    public PtxKernel Share(int rows)
    {
        PtxBuilder k = Kernel("Share", $"share = loss scale / what counts of {Counts}[{rows}]", rows);
        GlobalAddress counts = k.Buffer(Counts), share = k.Buffer("share");
        var control = new ControlBlock(k);
        F32 weight = k.Variable(0f);
        k.For(k.Thread, rows, Threads, row => k.AddTo(weight, Weight(k, k.Load(k.Element(counts, row)))));
        F32 total = BlockSum.Of(k, "parts", weight)[0];
        k.If(k.AreEqual(k.Thread, 0), () => k.Store(share, k.Divide(control.Float(ControlField.LossScale), k.Greatest(total, 1f))));
        return k.Build();
    }

    /// <summary>Whether a value is not NaN.</summary>
    public static Predicate IsNumber(PtxBuilder k, F32 value)
    {
        const uint magnitude = 0x7FFFFFFF, firstNaN = 0x7F800001;
        return k.Less(k.And(k.Bits(value), magnitude), firstNaN);
    }

    private PtxBuilder Kernel(string stage, string formula, int rows) => new($"{Loss}{stage}_{rows}", formula, new LaunchSize(1), new LaunchSize(Threads));
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// y[2 · rows] from x[rows, 2]: first column, then second, both in the order of the rows; and the way back. How the rows are made of sequences
/// does not matter to it.
/// </summary>
internal static class SpanLogitsKernels
{
    public static PtxKernel Forward(Extent rows) => Of(
        $"SpanLogits_{rows}", $"y = starts[{rows}], ends[{rows}] of x[{rows},2]", rows, "x", "y", (k, x, y, row, count) =>
        {
            GlobalAddress pair = k.Element(x, k.Multiply(row, 2));
            k.Store(k.Element(y, row), k.Load(pair));
            k.Store(k.Element(y, k.Add(row, count)), k.Load(pair.Plus(1)));
        });

    public static PtxKernel Gradient(Extent rows) => Of(
        $"SpanLogitsGradient_{rows}", $"dx[{rows},2] = starts[{rows}] and ends[{rows}] of dy side by side", rows, "dy", "dx", (k, dy, dx, row, count) =>
        {
            GlobalAddress pair = k.Element(dx, k.Multiply(row, 2));
            k.Store(pair, k.Load(k.Element(dy, row)));
            k.Store(pair.Plus(1), k.Load(k.Element(dy, k.Add(row, count))));
        });

    /// <summary>A thread for each row; the body knows how many there are.</summary>
    private static PtxKernel Of(
        string name, string formula, Extent rows, string source, string destination, Action<PtxBuilder, GlobalAddress, GlobalAddress, U32, U32> body)
    {
        var k = new PtxBuilder(name + rows.Suffix, formula, ElementwiseKernel.Grid(rows.Most), new LaunchSize(ElementwiseKernel.Threads));
        GlobalAddress from = k.Buffer(source), to = k.Buffer(destination);
        U32 count = rows.Count(k), row = k.MultiplyAdd(k.BlockX, ElementwiseKernel.Threads, k.Thread);
        k.ExitIf(k.AtLeast(row, count));
        body(k, from, to, row, count);
        return k.Build();
    }
}

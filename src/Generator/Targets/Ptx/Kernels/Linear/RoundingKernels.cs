using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// Copies of a product's factors, rounded to bfloat16 (to the nearest, even ones between two), two to a word. All lie in panels of 16: of rows and gradients
/// 16 columns, of weights 16 outputs, as the weights do. So every product reads them in runs of 16 bytes, whichever of its directions it sums over, and whatever the sizes.
/// </summary>
internal static class RoundingKernels
{
    private const int Group = 4;

    /// <summary>Words of the copy of [rows, columns].</summary>
    public static long PanelWords(Extent rows, int columns) => (long)rows.Most * Panel.Count(columns) * Panel.Width / 2;

    /// <summary>rounded = x[rows, columns] in panels of 16 columns: (row, column) at (column / 16 · most rows + row) · 16 + column % 16, zeros past the last.</summary>
    public static PtxKernel Panels(Extent rows, int columns)
    {
        int padded = Panel.Count(columns) * Panel.Width;
        ElementGrid grid = new($"Round_{rows}x{columns}", $"rounded[{rows},{padded}] = x[{rows},{columns}] to bfloat16, in panels of 16 columns", rows, padded, Group);
        PtxBuilder k = grid.Builder;
        GlobalAddress x = k.Buffer("x"), rounded = k.Buffer("rounded", Precision.BFloat16);
        (U32 row, U32 column) = grid.Begin();
        U32 place = PanelCopyKernel.Place(k, rows, row, column);
        Store(k, k.Element(rounded, k.ShiftRight(place, 1)), PanelCopyKernel.LoadGroup(k, x, columns, row, column));
        return k.Build();
    }

    /// <summary>rounded[i] = weights[i]: as many elements of parameters, a multiple of 16, where they lie in panels already.</summary>
    /// <exception cref="NoKernelException">Indices of words do not reach so far.</exception>
    public static PtxKernel Weights(long elements)
    {
        if (elements > uint.MaxValue) throw new NoKernelException($"{elements} elements of weights are to be rounded; {uint.MaxValue} can be.");
        int threads = ElementwiseKernel.Threads, groups = checked((int)(elements / Group));
        var k = new PtxBuilder(
            $"RoundWeights_{elements}", $"rounded[{elements}] = weights[{elements}] to bfloat16", ElementwiseKernel.Grid(groups), new LaunchSize(threads));
        GlobalAddress weights = k.Buffer("weights"), rounded = k.Buffer("rounded", Precision.BFloat16);
        U32 group = k.MultiplyAdd(k.BlockX, threads, k.Thread);
        if (groups % threads != 0) k.ExitIf(k.AtLeast(group, groups));
        Store(k, k.Element(rounded, k.Multiply(group, 2)), k.Load(k.Element(weights, k.Multiply(group, Group)), Group));
        return k.Build();
    }

    private static void Store(PtxBuilder k, GlobalAddress address, F32[] values) =>
        k.StoreWords(address, [k.ToBFloat16Pair(values[0], values[1]), k.ToBFloat16Pair(values[2], values[3])]);
}

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What is computed of the elements at one index: one value for each output.</summary>
/// <param name="Inputs">The names of the buffers that are read.</param>
/// <param name="Outputs">The names of the buffers that are written; they may be inputs.</param>
/// <param name="Apply">From the inputs' values, in their order.</param>
internal sealed record ElementFormula(IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, Func<PtxBuilder, F32[], F32[]> Apply);

/// <summary>Kernels over flat tensors: a thread for each four elements, or for each one where rows are not made of fours.</summary>
internal static class ElementwiseKernel
{
    public const int Threads = 256;

    public static PtxKernel Of(string name, string formula, Extent rows, int columns, ElementFormula element)
    {
        int width = Width(rows, columns);
        int threads = rows.CheckedCount(columns) / width;
        var k = new PtxBuilder(name + rows.Suffix, formula, Grid(threads), new LaunchSize(Threads));
        GlobalAddress[] inputs = [.. element.Inputs.Select(k.Buffer)], outputs = [.. element.Outputs.Select(k.Buffer)];
        U32 index = k.MultiplyAdd(k.BlockX, Threads, k.Thread);
        k.ExitIf(k.AtLeast(index, k.Divide(rows.Count(k, columns), width)));

        U32 first = k.Multiply(index, width);
        F32[][] values = [.. inputs.Select(input => k.Load(k.Element(input, first), width))];
        F32[][] results = [.. Enumerable.Range(0, width).Select(lane => element.Apply(k, [.. values.Select(value => value[lane])]))];
        for (int output = 0; output < outputs.Length; output++)
            k.Store(k.Element(outputs[output], first), [.. results.Select(result => result[output])]);
        return k.Build();
    }

    /// <summary>Elements that one thread takes: four where every number of rows is made of fours.</summary>
    public static int Width(Extent rows, int columns) => (rows.IsBounded ? columns : rows.CheckedCount(columns)) % 4 == 0 ? 4 : 1;

    /// <summary>Blocks of <see cref="Threads"/> for as many threads.</summary>
    public static LaunchSize Grid(int threads) => new((threads + Threads - 1) / Threads);
}

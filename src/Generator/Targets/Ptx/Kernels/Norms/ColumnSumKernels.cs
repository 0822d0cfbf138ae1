namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What is summed down the columns of [rows, columns]: one term for each output.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Inputs">Tensors [rows, columns].</param>
/// <param name="RowInputs">Tensors [rows].</param>
/// <param name="Outputs">Tensors [columns].</param>
/// <param name="Terms">From the inputs' values, then the row inputs'.</param>
internal sealed record ColumnTerms(
    string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> RowInputs, IReadOnlyList<string> Outputs, Func<PtxBuilder, F32[], F32[]> Terms)
{
    /// <summary>db = Σ dy.</summary>
    public static ColumnTerms Bias { get; } = new("LinearBiasGradient", ["dy"], [], ["dBias"], (_, x) => x);

    /// <summary>dw = Σ dy · (x − mean) · r and db = Σ dy.</summary>
    public static ColumnTerms LayerNorm { get; } = new(
        "LayerNormParameterGradient",
        ["dy", "x"],
        ["mean", "reciprocalDeviation"],
        ["dWeight", "dBias"],
        (k, x) => [k.Multiply(x[0], k.Multiply(k.Subtract(x[1], x[2]), x[3])), x[0]]);

    /// <summary>dw = Σ dy · x · r.</summary>
    public static ColumnTerms RmsNorm { get; } = new(
        "RmsNormParameterGradient", ["dy", "x"], ["reciprocalRms"], ["dWeight"], (k, x) => [k.Multiply(x[0], k.Multiply(x[1], x[2]))]);
}

/// <summary>
/// Sums over the rows of a matrix in two stages of fixed order: a block adds a stretch of rows for 32 columns, then a thread adds a column's
/// stretches. Where one stretch is enough there is one stage.
/// </summary>
internal static class ColumnSumKernels
{
    private const int BlockColumns = 32;
    private const int BlockRows = 8;
    private const int RowsPerStretch = 256;
    private const int Threads = BlockColumns * BlockRows;
    private const int TotalThreads = 128;

    /// <summary>Stretches of rows: as many partial sums for each column and output.</summary>
    public static int Stretches(int rows) => (rows + RowsPerStretch - 1) / RowsPerStretch;

    /// <summary>Floats of the partial sums between the stages; 0 where there is one stage.</summary>
    public static long WorkspaceFloats(ColumnTerms terms, int rows, int columns) => Stretches(rows) == 1 ? 0 : (long)terms.Outputs.Count * Stretches(rows) * columns;

    /// <summary>The kernels in the order in which they run.</summary>
    /// <param name="terms">What is summed.</param>
    /// <param name="rows">Rows of the inputs.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="added">The outputs that have an addend.</param>
    public static IReadOnlyList<PtxKernel> Of(ColumnTerms terms, int rows, int columns, AddedOutputs added) => Stretches(rows) == 1
        ? [Stretch(terms, rows, columns, added, terms.Outputs)]
        : [Stretch(terms, rows, columns, AddedOutputs.None, ["partials"]), Total(terms, rows, columns, added)];

    /// <summary>Sums of each stretch: to the outputs, or to partials[output, stretch, column].</summary>
    private static PtxKernel Stretch(ColumnTerms terms, int rows, int columns, AddedOutputs added, IReadOnlyList<string> destinations)
    {
        int stretches = Stretches(rows), outputs = terms.Outputs.Count;
        string stage = stretches == 1 ? added.Suffix(terms.Outputs) : "_Partial";
        var k = new PtxBuilder(
            $"{terms.Name}_{rows}x{columns}{stage}",
            $"{string.Join(", ", destinations)} = sums over {(stretches == 1 ? rows : RowsPerStretch)} rows of [{rows},{columns}]{added.Term}",
            new LaunchSize((columns + BlockColumns - 1) / BlockColumns, stretches),
            new LaunchSize(BlockColumns * BlockRows));
        GlobalAddress[] inputs = [.. terms.Inputs.Select(k.Buffer)], rowInputs = [.. terms.RowInputs.Select(k.Buffer)];
        GlobalAddress?[] addends = added.Buffers(k, terms.Outputs);
        GlobalAddress[] results = [.. destinations.Select(k.Buffer)];
        AddedTensor?[] sofar = added.Tensors(k, addends, results);
        U32 lane = k.And(k.Thread, BlockColumns - 1), strand = k.ShiftRight(k.Thread, 5);
        U32 column = k.MultiplyAdd(k.BlockX, BlockColumns, lane);
        Predicate isColumn = k.Less(column, columns);

        F32[] sums = [.. Enumerable.Range(0, outputs).Select(_ => k.Variable(0f))];
        k.If(isColumn, () =>
        {
            U32 start = stretches == 1 ? 0 : k.Multiply(k.BlockY, RowsPerStretch);
            U32 end = stretches == 1 ? rows : k.Min(k.Add(start, RowsPerStretch), rows);
            k.For(k.Add(start, strand), end, BlockRows, row =>
            {
                U32 index = k.MultiplyAdd(row, columns, column);
                F32[] values = [.. inputs.Select(input => k.Load(k.Element(input, index))), .. rowInputs.Select(input => k.Load(k.Element(input, row)))];
                F32[] added = terms.Terms(k, values);
                for (int output = 0; output < outputs; output++) k.AddTo(sums[output], added[output]);
            });
        });

        k.Comment($"the {BlockRows} strands of a column meet in order");
        SharedAddress strands = k.Shared("strands", outputs * BlockRows * BlockColumns);
        for (int output = 0; output < outputs; output++) k.Store(k.Element(strands.Plus(output * Threads), k.Thread), sums[output]);
        k.Barrier();
        k.ExitIf(k.AtLeast(strand, 1));
        k.ExitIf(k.AtLeast(column, columns));
        for (int output = 0; output < outputs; output++)
        {
            SharedAddress first = k.Element(strands.Plus(output * Threads), lane);
            F32 total = k.Load(first);
            for (int other = 1; other < BlockRows; other++) total = k.Add(total, k.Load(first.Plus(other * BlockColumns)));
            if (sofar[output] is { } more) total = k.Add(total, more.Load(k, column, 1)[0]);
            U32 index = stretches == 1 ? column : k.MultiplyAdd(k.Add(k.BlockY, output * stretches), columns, column);
            k.Store(k.Element(stretches == 1 ? results[output] : results[0], index), total);
        }

        return k.Build();
    }

    /// <summary>Adds the stretches of each column in order.</summary>
    private static PtxKernel Total(ColumnTerms terms, int rows, int columns, AddedOutputs added)
    {
        int stretches = Stretches(rows);
        var k = new PtxBuilder(
            $"{terms.Name}_{rows}x{columns}_Total{added.Suffix(terms.Outputs)}",
            $"{string.Join(", ", terms.Outputs)} = sums of {stretches} partial sums{added.Term}",
            new LaunchSize((columns + TotalThreads - 1) / TotalThreads),
            new LaunchSize(TotalThreads));
        GlobalAddress partials = k.Buffer("partials");
        GlobalAddress?[] addends = added.Buffers(k, terms.Outputs);
        GlobalAddress[] results = [.. terms.Outputs.Select(k.Buffer)];
        AddedTensor?[] sofar = added.Tensors(k, addends, results);
        U32 column = k.MultiplyAdd(k.BlockX, TotalThreads, k.Thread);
        k.ExitIf(k.AtLeast(column, columns));
        for (int output = 0; output < results.Length; output++)
        {
            F32 total = k.Variable(0f);
            int firstRow = output * stretches;
            k.For(firstRow, firstRow + stretches, 1, row => k.AddTo(total, k.Load(k.Element(partials, k.MultiplyAdd(row, columns, column)))));
            F32 result = sofar[output] is { } more ? k.Add(total, more.Load(k, column, 1)[0]) : total;
            k.Store(k.Element(results[output], column), result);
        }

        return k.Build();
    }
}

using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>What a linear layer's kernels are specialised by: rows, K inputs and N outputs, and to what factors are rounded.</summary>
internal readonly record struct LinearShape(Extent Rows, int Inputs, int Outputs, Precision Precision = Precision.Float32)
{
    public override string ToString() => $"{Rows}x{Inputs}x{Outputs}";
}

/// <summary>What the forward form adds to the product.</summary>
internal enum LinearBias
{
    None,
    Added,
}

/// <summary>
/// Linear layers with a weight W[N, K] in panels of 16 outputs: the three products as tiles, on tensor cores where the precision is not single, and the forward
/// product of a few rows, which waits for memory, in single precision by <see cref="FewRowsKernel"/>. Products of bfloat16 read copies of their factors
/// (<see cref="RoundingKernels"/>), others the factors themselves.
/// </summary>
internal static class LinearKernels
{
    /// <summary>y[rows, N] = act(x[rows, K] · Wᵀ + bias) + addend.</summary>
    public static PtxKernel Forward(LinearShape shape, LinearBias bias, Activation? activation, Addend addend) => Forward(shape, bias, activation, addend, given: null);

    /// <summary>As above, in tiles of a given shape.</summary>
    public static PtxKernel Forward(LinearShape shape, LinearBias bias, Activation? activation, Addend addend, ITiling? given)
    {
        string name = $"Linear_{shape}{(bias == LinearBias.Added ? "_Bias" : "")}{(activation is { } kind ? $"_{kind}" : "")}{addend.Suffix()}";
        string product = $"x[{shape.Rows},{shape.Inputs}] * weight[{shape.Outputs},{shape.Inputs}]'{(bias == LinearBias.Added ? $" + bias[{shape.Outputs}]" : "")}";
        string activated = activation is { } function ? $"{function.ToString().ToLowerInvariant()}({product})" : product;
        string formula = $"y[{shape.Rows},{shape.Outputs}] = {activated}{addend.Term()}";
        if (given is null && shape.Rows.Most <= FewRowsKernel.MostRows) return FewRowsKernel.Forward(name, formula, shape, bias, activation, addend);

        ITiling tile = given ?? Tiling.For(shape.Precision, shape.Rows.Most, shape.Outputs);
        PtxBuilder k = Builder(name + tile.Suffix + shape.Rows.Suffix, formula, tile, shape.Rows.Most, shape.Outputs);
        GlobalAddress x = k.Buffer("x", tile.Copies), weight = k.Buffer("weight", tile.Copies);
        GlobalAddress? biases = k.BufferIf(bias == LinearBias.Added, "bias"), added = addend.Buffer(k);
        GlobalAddress y = k.Buffer("y");
        return Rows(
            k,
            tile,
            shape.Rows,
            shape.Outputs,
            Left(tile, "x", x, shape.Rows, shape.Inputs),
            new TileSource.PanelLines("weight", weight, shape.Outputs, shape.Inputs) { ElementsOfWord = ElementsOfWord(tile) },
            rows => new RowMajorResult(y, rows, shape.Outputs, new LinearEpilogue(biases, activation, AddedTensor.Of(k, addend, added, y))));
    }

    /// <summary>dx[rows, K] = dy[rows, N] · W + addend.</summary>
    public static PtxKernel InputGradient(LinearShape shape, Addend addend) => InputGradient(shape, addend, given: null);

    /// <summary>As above, in tiles of a given shape.</summary>
    public static PtxKernel InputGradient(LinearShape shape, Addend addend, ITiling? given)
    {
        ITiling tile = given ?? Tiling.For(shape.Precision, shape.Rows.Most, shape.Inputs);
        PtxBuilder k = Builder(
            $"LinearInputGradient_{shape}{addend.Suffix()}{tile.Suffix}{shape.Rows.Suffix}",
            $"dx[{shape.Rows},{shape.Inputs}] = dy[{shape.Rows},{shape.Outputs}] * weight[{shape.Outputs},{shape.Inputs}]{addend.Term()}",
            tile,
            shape.Rows.Most,
            shape.Inputs);
        GlobalAddress dy = k.Buffer("dy", tile.Copies), weight = k.Buffer("weight", tile.Copies);
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dx = k.Buffer("dx");
        return Rows(
            k,
            tile,
            shape.Rows,
            shape.Inputs,
            Left(tile, "dy", dy, shape.Rows, shape.Outputs),
            new TileSource.PanelDepths("weight", weight, shape.Inputs, shape.Outputs) { ElementsOfWord = ElementsOfWord(tile) },
            rows => new RowMajorResult(dx, rows, shape.Inputs, new LinearEpilogue(Bias: null, Activation: null, AddedTensor.Of(k, addend, added, dx))));
    }

    /// <summary>dW[N, K] = dy[rows, N]ᵀ · x[rows, K] + addend in panels, x as <see cref="PanelCopyKernel"/> or <see cref="RoundingKernels"/> writes it.</summary>
    /// <exception cref="ArgumentException">The rows are not known: the sum is over all of them.</exception>
    public static PtxKernel WeightGradient(LinearShape shape, Addend addend) => WeightGradient(shape, addend, given: null);

    /// <summary>As above, in tiles of a given shape.</summary>
    public static PtxKernel WeightGradient(LinearShape shape, Addend addend, ITiling? given)
    {
        if (shape.Rows.IsBounded) throw new ArgumentException($"The weight gradient {shape} sums over a number of rows that is known when the kernel is written.", nameof(shape));
        int rows = shape.Rows.Most;
        ITiling tile = given ?? Tiling.For(shape.Precision, shape.Inputs, shape.Outputs);
        PtxBuilder k = Builder(
            $"LinearWeightGradient_{shape}{addend.Suffix()}{tile.Suffix}",
            $"dWeight[{shape.Outputs},{shape.Inputs}] = dy[{rows},{shape.Outputs}]' * x[{rows},{shape.Inputs}]{addend.Term()}",
            tile,
            shape.Inputs,
            shape.Outputs);
        GlobalAddress dy = k.Buffer("dy", tile.Copies), xPanels = k.Buffer("xPanels", tile.Copies);
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dWeight = k.Buffer("dWeight");
        var sofar = AddedTensor.Of(k, addend, added, dWeight);
        (U32 firstRow, U32 firstColumn) = tile.Place(k, shape.Inputs, shape.Outputs);
        tile.Write(
            k,
            new TileSource.PanelLines("x", xPanels, shape.Inputs, rows) { ElementsOfWord = ElementsOfWord(tile) },
            tile.Copies == Precision.Float32 ? new TileSource.Columns("dy", dy, shape.Outputs, rows) : new TileSource.PanelLines("dy", dy, shape.Outputs, rows) { ElementsOfWord = 2 },
            firstRow,
            firstColumn,
            new PanelResult(dWeight, shape.Inputs, shape.Outputs, new LinearEpilogue(Bias: null, Activation: null, sofar)));
        return k.Build();
    }

    /// <summary>A factor [rows, depth] that is summed along its rows.</summary>
    private static TileSource Left(ITiling tile, string name, GlobalAddress start, Extent rows, int depth) => tile.Copies == Precision.Float32
        ? new TileSource.Rows(name, start, rows.Most, depth)
        : new TileSource.PanelDepths(name, start, rows.Most, depth) { ElementsOfWord = 2 };

    private static int ElementsOfWord(ITiling tile) => tile.Copies == Precision.Float32 ? 1 : 2;

    private static PtxBuilder Builder(string name, string formula, ITiling tile, int rows, int columns) =>
        new(name, formula, tile.Grid(rows, columns), new LaunchSize(tile.Threads));

    /// <summary>A product with a row for each row of an activation; blocks past the rows of this pass end.</summary>
    private static PtxKernel Rows(PtxBuilder k, ITiling tile, Extent extent, int columns, TileSource left, TileSource right, Func<U32, TileResult> result)
    {
        U32 rows = extent.Count(k);
        (U32 firstRow, U32 firstColumn) = tile.Place(k, extent.Most, columns);
        if (extent.IsBounded) k.ExitIf(k.AtLeast(firstRow, rows));
        tile.Write(k, left, right, firstRow, firstColumn, result(rows));
        return k.Build();
    }
}

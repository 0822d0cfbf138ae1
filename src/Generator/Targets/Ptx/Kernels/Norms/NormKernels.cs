using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// LayerNorm    mu = mean(x)    r = 1 / √(mean((x − mu)²) + ε)    x̂ = (x − mu) · r    y = x̂ · w + b
//              dx = r · (g − mean(g) − x̂ · mean(g · x̂)) + addend    g = dy · w
// RMSNorm      r = 1 / √(mean(x²) + ε)    y = x · r · (w + offset)
//              dx = r · g − x · r³ · mean(g · x) + addend    g = dy · (w + offset)

/// <summary>What the kernels of a norm over [rows, columns] are specialised by.</summary>
internal readonly record struct NormShape(Extent Rows, int Columns)
{
    public override string ToString() => $"{Rows}x{Columns}";
}

/// <summary>Whether a norm keeps each row's statistics for the gradients.</summary>
internal enum NormStatistics
{
    Dropped,
    Kept,
}

/// <summary>Normalisations of rows, forward and towards their inputs; the gradients of weights are <see cref="ColumnSumKernels"/>.</summary>
internal static class NormKernels
{
    public static PtxKernel LayerNorm(NormShape shape, float epsilon, NormStatistics statistics)
    {
        string suffix = statistics == NormStatistics.Kept ? "_Statistics" : "";
        PtxBuilder k = RowTeam.Kernel(
            $"LayerNorm_{shape}_{FloatName.Of(epsilon)}{suffix}", $"y[{shape}] = (x - mean) / sqrt(variance + {FloatLiteral.Format(epsilon)}) * weight + bias",
            shape.Rows, shape.Columns);
        GlobalAddress x = k.Buffer("x"), weight = k.Buffer("weight"), bias = k.Buffer("bias"), y = k.Buffer("y");
        GlobalAddress? means = k.BufferIf(statistics == NormStatistics.Kept, "mean"), reciprocals = k.BufferIf(statistics == NormStatistics.Kept, "reciprocalDeviation");
        var team = RowTeam.Begin(k, shape.Rows, shape.Columns);
        (x, y) = (team.RowOf(x), team.RowOf(y));

        F32 mean = Mean(k, team, shape, column => k.Load(k.Element(x, column), team.Width));
        F32 variance = Mean(k, team, shape, column => [.. k.Load(k.Element(x, column), team.Width).Select(value => Square(k, k.Subtract(value, mean)))]);
        F32 reciprocal = k.Reciprocal(k.SquareRoot(k.Add(variance, epsilon)));
        team.ForEachColumn(column =>
        {
            F32[] w = k.Load(k.Element(weight, column), team.Width), b = k.Load(k.Element(bias, column), team.Width);
            F32[] values = k.Load(k.Element(x, column), team.Width);
            k.Store(k.Element(y, column), Each(team, lane => k.MultiplyAdd(Normalised(k, values[lane], mean, reciprocal), w[lane], b[lane])));
        });
        Keep(k, team, (means, mean), (reciprocals, reciprocal));
        return k.Build();
    }

    public static PtxKernel LayerNormInputGradient(NormShape shape, Addend addend)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"LayerNormInputGradient_{shape}{addend.Suffix()}", $"dx[{shape}] = layernorm'(x; dy * weight){addend.Term()}", shape.Rows, shape.Columns);
        GlobalAddress dy = k.Buffer("dy"), x = k.Buffer("x"), weight = k.Buffer("weight");
        GlobalAddress means = k.Buffer("mean"), reciprocals = k.Buffer("reciprocalDeviation");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dx = k.Buffer("dx");
        var team = RowTeam.Begin(k, shape.Rows, shape.Columns);
        F32 mean = k.Load(k.Element(means, team.Row)), reciprocal = k.Load(k.Element(reciprocals, team.Row));
        (dy, x, dx) = (team.RowOf(dy), team.RowOf(x), team.RowOf(dx));

        F32 shift = k.Variable(0f), along = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            (F32[] g, F32[] normalised) = Operands(column);
            for (int lane = 0; lane < team.Width; lane++)
            {
                k.AddTo(shift, g[lane]);
                k.MultiplyAddTo(along, g[lane], normalised[lane]);
            }
        });
        F32 meanShift = k.Divide(team.Sum(shift), shape.Columns), meanAlong = k.Negate(k.Divide(team.Sum(along), shape.Columns));
        GlobalAddress? addedRow = added is { } tensor ? team.RowOf(tensor) : null;
        team.ForEachColumn(column =>
        {
            (F32[] g, F32[] normalised) = Operands(column);
            F32[] slopes = Each(team, lane => k.MultiplyAdd(normalised[lane], meanAlong, k.Subtract(g[lane], meanShift)));
            F32[]? more = addedRow is { } start ? k.Load(k.Element(start, column), team.Width) : null;
            k.Store(k.Element(dx, column), Each(team, lane => more is null ? k.Multiply(slopes[lane], reciprocal) : k.MultiplyAdd(slopes[lane], reciprocal, more[lane])));
        });
        return k.Build();

        (F32[] G, F32[] Normalised) Operands(U32 column)
        {
            F32[] slopes = k.Load(k.Element(dy, column), team.Width), w = k.Load(k.Element(weight, column), team.Width);
            F32[] values = k.Load(k.Element(x, column), team.Width);
            return (Each(team, lane => k.Multiply(slopes[lane], w[lane])), Each(team, lane => Normalised(k, values[lane], mean, reciprocal)));
        }
    }

    public static PtxKernel RmsNorm(NormShape shape, float epsilon, float weightOffset, NormStatistics statistics)
    {
        string suffix = statistics == NormStatistics.Kept ? "_Statistics" : "";
        PtxBuilder k = RowTeam.Kernel(
            $"RmsNorm_{shape}_{FloatName.Of(epsilon)}{Offset(weightOffset)}{suffix}",
            $"y[{shape}] = x / sqrt(mean(x * x) + {FloatLiteral.Format(epsilon)}) * (weight + {FloatLiteral.Format(weightOffset)})", shape.Rows, shape.Columns);
        GlobalAddress x = k.Buffer("x"), weight = k.Buffer("weight"), y = k.Buffer("y");
        GlobalAddress? reciprocals = k.BufferIf(statistics == NormStatistics.Kept, "reciprocalRms");
        var team = RowTeam.Begin(k, shape.Rows, shape.Columns);
        (x, y) = (team.RowOf(x), team.RowOf(y));

        F32 square = Mean(k, team, shape, column => [.. k.Load(k.Element(x, column), team.Width).Select(value => Square(k, value))]);
        F32 reciprocal = k.Reciprocal(k.SquareRoot(k.Add(square, epsilon)));
        team.ForEachColumn(column =>
        {
            F32[] w = Weights(k, team, weight, column, weightOffset), values = k.Load(k.Element(x, column), team.Width);
            k.Store(k.Element(y, column), Each(team, lane => k.Multiply(k.Multiply(values[lane], reciprocal), w[lane])));
        });
        Keep(k, team, (reciprocals, reciprocal));
        return k.Build();
    }

    public static PtxKernel RmsNormInputGradient(NormShape shape, float weightOffset, Addend addend)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"RmsNormInputGradient_{shape}{Offset(weightOffset)}{addend.Suffix()}",
            $"dx[{shape}] = rmsnorm'(x; dy * (weight + {FloatLiteral.Format(weightOffset)})){addend.Term()}", shape.Rows, shape.Columns);
        GlobalAddress dy = k.Buffer("dy"), x = k.Buffer("x"), weight = k.Buffer("weight"), reciprocals = k.Buffer("reciprocalRms");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dx = k.Buffer("dx");
        var team = RowTeam.Begin(k, shape.Rows, shape.Columns);
        F32 reciprocal = k.Load(k.Element(reciprocals, team.Row));
        (dy, x, dx) = (team.RowOf(dy), team.RowOf(x), team.RowOf(dx));

        F32 along = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            F32[] slopes = Slopes(column), values = k.Load(k.Element(x, column), team.Width);
            for (int lane = 0; lane < team.Width; lane++) k.MultiplyAddTo(along, slopes[lane], values[lane]);
        });
        F32 cube = k.Multiply(k.Multiply(reciprocal, reciprocal), reciprocal);
        F32 pull = k.Negate(k.Divide(k.Multiply(cube, team.Sum(along)), shape.Columns));
        GlobalAddress? addedRow = added is { } tensor ? team.RowOf(tensor) : null;
        team.ForEachColumn(column =>
        {
            F32[] slopes = Slopes(column), values = k.Load(k.Element(x, column), team.Width);
            F32[] result = Each(team, lane => k.MultiplyAdd(values[lane], pull, k.Multiply(slopes[lane], reciprocal)));
            F32[]? more = addedRow is { } start ? k.Load(k.Element(start, column), team.Width) : null;
            k.Store(k.Element(dx, column), Each(team, lane => more is null ? result[lane] : k.Add(result[lane], more[lane])));
        });
        return k.Build();

        F32[] Slopes(U32 column)
        {
            F32[] slopes = k.Load(k.Element(dy, column), team.Width), w = Weights(k, team, weight, column, weightOffset);
            return Each(team, lane => k.Multiply(slopes[lane], w[lane]));
        }
    }

    private static string Offset(float weightOffset) => weightOffset == 0 ? "" : "_Offset" + FloatName.Of(weightOffset);

    /// <summary>The mean over a row of the terms at each few columns.</summary>
    private static F32 Mean(PtxBuilder k, RowTeam team, NormShape shape, Func<U32, F32[]> terms)
    {
        F32 sum = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            foreach (F32 term in terms(column)) k.AddTo(sum, term);
        });
        return k.Divide(team.Sum(sum), shape.Columns);
    }

    private static F32 Square(PtxBuilder k, F32 value) => k.Multiply(value, value);

    private static F32 Normalised(PtxBuilder k, F32 value, F32 mean, F32 reciprocal) => k.Multiply(k.Subtract(value, mean), reciprocal);

    private static F32[] Weights(PtxBuilder k, RowTeam team, GlobalAddress weight, U32 column, float offset)
    {
        F32[] weights = k.Load(k.Element(weight, column), team.Width);
        return offset == 0 ? weights : [.. weights.Select(value => k.Add(value, offset))];
    }

    private static F32[] Each(RowTeam team, Func<int, F32> lane) => [.. Enumerable.Range(0, team.Width).Select(lane)];

    private static void Keep(PtxBuilder k, RowTeam team, params (GlobalAddress? Tensor, F32 Value)[] statistics)
    {
        if (statistics.All(statistic => statistic.Tensor is null)) return;
        team.Once(() =>
        {
            foreach ((GlobalAddress? tensor, F32 value) in statistics)
            {
                if (tensor is { } start) k.Store(k.Element(start, team.Row), value);
            }
        });
    }
}

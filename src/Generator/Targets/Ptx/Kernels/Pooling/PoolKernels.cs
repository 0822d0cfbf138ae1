using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>Whether rows can be hidden.</summary>
internal enum PoolMask
{
    None,
    Given,
}

/// <summary>What pooling is specialised by: rows [rows, columns] of sequences of one length, of which there are so many, at run time too.</summary>
internal readonly record struct PoolShape(Extent Rows, int Sequences, int Columns, PoolMask Mask)
{
    public string Suffix => (Mask == PoolMask.Given ? "_Mask" : "") + Rows.Suffix;

    /// <summary>Rows of a sequence; a bounded extent reads the control block, the next parameter.</summary>
    public U32 Length(PtxBuilder k) => k.Divide(Rows.Count(k), Sequences);

    public override string ToString() => $"{Sequences}x{Rows.Most / Sequences}x{Columns}";
}

// first    y = x[f], f the first visible row       dx = dy at f
// mean     y = Σ x / n over n visible rows         dx = dy / n at each
// max      y = max x                               dx = dy at the first visible row that is not below y
// Zero where nothing is visible, and at hidden rows.

/// <summary>One row of each sequence: a thread has a column of a sequence and goes through its rows in order.</summary>
internal static class PoolKernels
{
    public static PtxKernel Forward(PoolShape shape, PoolingKind kind)
    {
        ElementGrid grid = Grid($"Pool{kind}_{shape}{shape.Suffix}", $"y[{shape.Sequences},{shape.Columns}] = {Name(kind)} of the rows of x[{shape}]", shape);
        PtxBuilder k = grid.Builder;
        GlobalAddress x = k.Buffer("x");
        GlobalAddress? mask = MaskBuffer(k, shape);
        GlobalAddress y = k.Buffer("y");
        Sequence rows = Begin(grid, shape, mask, out U32 column);
        F32 At(U32 row) => k.Load(k.Element(x, k.MultiplyAdd(row, shape.Columns, column)));
        F32 result = kind switch
        {
            PoolingKind.First => First(rows, At),
            PoolingKind.Mean => Mean(rows, At),
            _ => Max(rows, At),
        };
        k.Store(k.Element(y, k.MultiplyAdd(rows.Index, shape.Columns, column)), result);
        return k.Build();
    }

    /// <summary>dx, all of it.</summary>
    public static PtxKernel Gradient(PoolShape shape, PoolingKind kind)
    {
        ElementGrid grid = Grid($"Pool{kind}Gradient_{shape}{shape.Suffix}", $"dx[{shape}] = dy[{shape.Sequences},{shape.Columns}] at the rows of its {Name(kind)}", shape);
        PtxBuilder k = grid.Builder;
        GlobalAddress dy = k.Buffer("dy");
        GlobalAddress? mask = MaskBuffer(k, shape);
        GlobalAddress? x = k.BufferIf(kind == PoolingKind.Max, "x"), y = k.BufferIf(kind == PoolingKind.Max, "y");
        GlobalAddress dx = k.Buffer("dx");
        Sequence rows = Begin(grid, shape, mask, out U32 column);
        U32 pooled = k.MultiplyAdd(rows.Index, shape.Columns, column);
        F32 slope = k.Load(k.Element(dy, pooled));
        F32 share = kind == PoolingKind.Mean ? k.Multiply(slope, rows.Share()) : k.Variable(slope);
        F32 largest = y is { } maxima ? k.Load(k.Element(maxima, pooled)) : 0f;
        rows.ForEach((row, isVisible) =>
        {
            U32 index = k.MultiplyAdd(row, shape.Columns, column);
            F32 value = k.Variable(0f);
            Where(k, isVisible, () => k.Assign(value, Take(index)));
            k.Store(k.Element(dx, index), value);
        });
        return k.Build();

        // A mean's share is every row's; what is left of the others goes to the first row that is as good as the result.
        F32 Take(U32 index)
        {
            if (kind == PoolingKind.Mean) return share;
            F32 taken = k.Variable(share);
            if (x is not { } values)
            {
                k.Assign(share, 0f);
                return taken;
            }

            Predicate isLess = k.Less(k.Load(k.Element(values, index)), largest);
            k.Assign(share, k.Select(isLess, share, 0f));
            return k.Select(isLess, 0f, taken);
        }
    }

    private static F32 First(Sequence rows, Func<U32, F32> at)
    {
        PtxBuilder k = rows.Builder;
        if (rows.Mask is null) return at(rows.Start);
        U32 end = k.Add(rows.Start, rows.Length), first = k.Variable(end);
        rows.ForEachVisible(row => k.Assign(first, k.Min(first, row)));
        F32 result = k.Variable(0f);
        k.If(k.Less(first, end), () => k.Assign(result, at(first)));
        return result;
    }

    private static F32 Mean(Sequence rows, Func<U32, F32> at)
    {
        F32 sum = rows.Builder.Variable(0f);
        rows.ForEachVisible(row => rows.Builder.AddTo(sum, at(row)));
        return rows.Builder.Multiply(sum, rows.Share());
    }

    private static F32 Max(Sequence rows, Func<U32, F32> at)
    {
        PtxBuilder k = rows.Builder;
        F32 largest = k.Variable(float.NegativeInfinity);
        U32 seen = k.Variable((U32)0);
        rows.ForEachVisible(row =>
        {
            k.Assign(largest, k.Greatest(largest, at(row)));
            k.Assign(seen, 1);
        });
        return k.Select(k.AreEqual(seen, 0), 0f, largest);
    }

    private static ElementGrid Grid(string name, string formula, PoolShape shape) => new(name, formula, Extent.Of(shape.Sequences), shape.Columns, width: 1);

    private static GlobalAddress? MaskBuffer(PtxBuilder k, PoolShape shape) => k.BufferIf(shape.Mask == PoolMask.Given, "mask");

    private static Sequence Begin(ElementGrid grid, PoolShape shape, GlobalAddress? mask, out U32 column)
    {
        U32 length = shape.Length(grid.Builder);
        (U32 index, column) = grid.Begin();
        return new Sequence(grid.Builder, mask, index, length, grid.Builder.Multiply(index, length));
    }

    private static void Where(PtxBuilder k, Predicate? condition, Action body)
    {
        if (condition is { } test) k.If(test, body);
        else body();
    }

    private static string Name(PoolingKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The rows of one sequence.</summary>
    private readonly record struct Sequence(PtxBuilder Builder, GlobalAddress? Mask, U32 Index, U32 Length, U32 Start)
    {
        /// <summary>Every row, and whether it is visible; null where all are.</summary>
        public void ForEach(Action<U32, Predicate?> body)
        {
            (PtxBuilder k, GlobalAddress? mask, U32 start) = (Builder, Mask, Start);
            k.For(0, Length, 1, index =>
            {
                U32 row = k.Add(start, index);
                body(row, mask is { } visible ? k.Differ(k.LoadWord(k.Element(visible, row)), 0) : null);
            });
        }

        public void ForEachVisible(Action<U32> body)
        {
            PtxBuilder k = Builder;
            ForEach((row, isVisible) => Where(k, isVisible, () => body(row)));
        }

        /// <summary>1 / the number of visible rows; 0 where there are none.</summary>
        public F32 Share()
        {
            PtxBuilder k = Builder;
            if (Mask is null) return Length.Register is null ? 1f / Length.Literal : k.Reciprocal(k.ToFloat(Length));
            U32 visible = k.Variable((U32)0);
            ForEachVisible(_ => k.AddTo(visible, 1));
            return k.Select(k.AreEqual(visible, 0), 0f, k.Reciprocal(k.ToFloat(visible)));
        }
    }
}

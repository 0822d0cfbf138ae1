namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// scores[r,h,c] = scale · q[r,h]·table[entry of position of r − c] for the positions c of a cache that a row of this run has reached, and zero
/// for the others: a thread has one of them.
/// </summary>
internal static class CachedRelativeScoreKernel
{
    private const int Threads = 128;

    public static PtxKernel Of(CachedDistances distances, float scale)
    {
        int parts = (distances.Context + Threads - 1) / Threads, units = distances.Rows.Times(distances.Heads).Most, width = distances.Width % 4 == 0 ? 4 : 1;
        var k = new PtxBuilder(
            $"CachedRelativeScores_{distances.Name}_{FloatName.Of(scale)}{distances.Rows.Suffix}",
            $"scores[{distances.Rows},{distances.Heads},{distances.Context}] = scale * q . table[position - key]",
            new LaunchSize(checked(units * parts)), new LaunchSize(Threads));
        GlobalAddress q = k.Buffer("q"), table = k.Buffer("table"), positions = k.Buffer("positions"), scores = k.Buffer("scores");
        U32 rows = distances.Rows.Count(k), vector = k.Divide(k.BlockX, parts);
        if (distances.Rows.IsBounded) k.ExitIf(k.AtLeast(vector, k.Multiply(rows, distances.Heads)));
        U32 reached = CachedDistances.Reached(k, positions, rows), key = k.MultiplyAdd(k.Remainder(k.BlockX, parts), Threads, k.Thread);
        k.ExitIf(k.AtLeast(key, distances.Context));

        F32 product = k.Variable(0f);
        k.If(k.Less(key, reached), () =>
        {
            U32 position = k.LoadWord(k.Element(positions, k.Divide(vector, distances.Heads)));
            GlobalAddress own = k.Element(q, k.Multiply(vector, distances.Width)), entry = k.Element(table, k.Multiply(distances.Entry(k, position, key), distances.Width));
            k.For(0, distances.Width, width, element =>
            {
                F32[] a = k.Load(k.Element(own, element), width), b = k.Load(k.Element(entry, element), width);
                for (int i = 0; i < a.Length; i++) k.MultiplyAddTo(product, a[i], b[i]);
            });
        });
        k.Store(k.Element(scores, k.MultiplyAdd(vector, distances.Context, key)), k.Multiply(product, scale));
        return k.Build();
    }
}

using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

// y = x · r        r = 1 / max(‖x‖, ε)
// dx = r · dy − x · r³ · (x·dy) + addend        without the middle term where ‖x‖ ≤ ε, which the length does not change

/// <summary>Rows brought to length 1, and their gradient.</summary>
internal static class NormalizeRowsKernels
{
    public static PtxKernel Forward(Extent rows, int columns, float epsilon)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"NormalizeRows_{rows}x{columns}_{FloatName.Of(epsilon)}", $"y[{rows},{columns}] = x / max(length of its row, {FloatLiteral.Format(epsilon)})", rows, columns);
        GlobalAddress x = k.Buffer("x"), y = k.Buffer("y");
        var team = RowTeam.Begin(k, rows, columns);
        (x, y) = (team.RowOf(x), team.RowOf(y));
        F32 reciprocal = k.Reciprocal(k.Greatest(Length(k, team, x), epsilon));
        team.ForEachColumn(column => k.Store(k.Element(y, column), [.. k.Load(k.Element(x, column), team.Width).Select(value => k.Multiply(value, reciprocal))]));
        return k.Build();
    }

    public static PtxKernel Gradient(Extent rows, int columns, float epsilon, Addend addend)
    {
        PtxBuilder k = RowTeam.Kernel(
            $"NormalizeRowsGradient_{rows}x{columns}_{FloatName.Of(epsilon)}{addend.Suffix()}",
            $"dx[{rows},{columns}] = (dy - y * (y . dy)) / length of x's row{addend.Term()}", rows, columns);
        GlobalAddress dy = k.Buffer("dy"), x = k.Buffer("x");
        GlobalAddress? added = addend.Buffer(k);
        GlobalAddress dx = k.Buffer("dx");
        var team = RowTeam.Begin(k, rows, columns);
        (dy, x, dx) = (team.RowOf(dy), team.RowOf(x), team.RowOf(dx));
        GlobalAddress? addedRow = added is { } tensor ? team.RowOf(tensor) : null;

        F32 length = Length(k, team, x), reciprocal = k.Reciprocal(k.Greatest(length, epsilon));
        F32 along = k.Multiply(k.Multiply(Product(k, team, x, dy), reciprocal), k.Multiply(reciprocal, reciprocal));
        F32 pull = k.Negate(k.Select(k.Greater(length, epsilon), along, 0f));
        team.ForEachColumn(column =>
        {
            F32[] slopes = k.Load(k.Element(dy, column), team.Width), values = k.Load(k.Element(x, column), team.Width);
            F32[]? more = addedRow is { } start ? k.Load(k.Element(start, column), team.Width) : null;
            for (int lane = 0; lane < values.Length; lane++)
            {
                F32 across = k.MultiplyAdd(values[lane], pull, k.Multiply(slopes[lane], reciprocal));
                values[lane] = more is null ? across : k.Add(across, more[lane]);
            }

            k.Store(k.Element(dx, column), values);
        });
        return k.Build();
    }

    private static F32 Length(PtxBuilder k, RowTeam team, GlobalAddress x) => k.SquareRoot(Product(k, team, x, x));

    private static F32 Product(PtxBuilder k, RowTeam team, GlobalAddress a, GlobalAddress b)
    {
        F32 sum = k.Variable(0f);
        team.ForEachColumn(column =>
        {
            F32[] left = k.Load(k.Element(a, column), team.Width), right = a == b ? left : k.Load(k.Element(b, column), team.Width);
            for (int lane = 0; lane < left.Length; lane++) k.MultiplyAddTo(sum, left[lane], right[lane]);
        });
        return team.Sum(sum);
    }
}

using Transformer.Compiled.Generator.Declarations;

namespace Transformer.Compiled.Generator.Targets.Ptx.Kernels;

/// <summary>
/// The product of a few rows with a weight (decoding): it streams the weight once. A block has a panel of 16 outputs and splits its depth
/// among warps; a warp reads 8 depths of the panel, 512 bytes in one piece, and a thread multiplies 4 outputs. Sums meet over the lanes of
/// a warp in a tree and over the warps in order.
/// </summary>
internal static class FewRowsKernel
{
    /// <summary>Rows whose sums fit in registers.</summary>
    public const int MostRows = 8;
    private const int WarpSize = 32;
    private const int Lanes = 4;
    private const int DepthsOfWarp = WarpSize / (Panel.Width / Lanes);

    /// <summary>Steps of the depth whose loads are on their way together.</summary>
    private const int Unrolled = 4;

    /// <summary>Panels below which a block has more warps, so that the device is full.</summary>
    private const int FewPanels = 512;

    public static PtxKernel Forward(string name, string formula, LinearShape shape, LinearBias bias, Activation? activation, Addend addend)
    {
        int rows = shape.Rows.Most, panels = Panel.Count(shape.Outputs), warps = panels < FewPanels ? 8 : 4;
        var k = new PtxBuilder(name + shape.Rows.Suffix, formula, new LaunchSize(panels), new LaunchSize(warps * WarpSize));
        GlobalAddress x = k.Buffer("x"), weight = k.Buffer("weight");
        GlobalAddress? biases = k.BufferIf(bias == LinearBias.Added, "bias"), added = addend.Buffer(k);
        GlobalAddress y = k.Buffer("y");
        U32 count = shape.Rows.Count(k);
        SharedAddress parts = k.Shared("parts", warps * rows * Panel.Width);

        U32 lane = k.And(k.Thread, WarpSize - 1), warp = k.ShiftRight(k.Thread, 5);
        F32[][] sums = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, Lanes).Select(_ => k.Variable(0f)).ToArray())];
        AddProducts(k, shape, x, weight, k.MultiplyAdd(warp, DepthsOfWarp, k.ShiftRight(lane, 2)), k.And(lane, Lanes - 1), warps, sums);

        k.Comment($"the {DepthsOfWarp} depths of a warp meet in a tree");
        for (int mask = Panel.Width / Lanes; mask < WarpSize; mask *= 2)
        {
            foreach (F32[] row in sums)
            {
                foreach (F32 sum in row) k.AddTo(sum, k.ShuffleXor(sum, mask));
            }
        }

        U32 output = k.MultiplyAdd(warp, rows * Panel.Width, k.Multiply(lane, Lanes));
        k.If(k.Less(lane, Panel.Width / Lanes), () =>
        {
            for (int row = 0; row < rows; row++) k.Store(k.Element(parts.Plus(row * Panel.Width), output), sums[row]);
        });
        k.Barrier();

        k.Comment($"the {warps} warps meet in order");
        var epilogue = new LinearEpilogue(biases, activation, AddedTensor.Of(k, addend, added, y));
        k.For(k.Thread, k.Multiply(count, Panel.Width), k.Threads, index =>
        {
            SharedAddress part = k.Element(parts, index);
            F32 sum = k.Load(part);
            for (int other = 1; other < warps; other++) sum = k.Add(sum, k.Load(part.Plus(other * rows * Panel.Width)));
            U32 column = k.MultiplyAdd(k.BlockX, Panel.Width, k.And(index, Panel.Width - 1));
            if (shape.Outputs % Panel.Width == 0) Write(index, column, sum);
            else k.If(k.Less(column, shape.Outputs), () => Write(index, column, sum));
        });
        return k.Build();

        void Write(U32 index, U32 column, F32 sum)
        {
            U32 place = k.MultiplyAdd(k.ShiftRight(index, 4), shape.Outputs, column);
            k.Store(k.Element(y, place), epilogue.Apply(k, [sum], column, place));
        }
    }

    /// <summary>Adds a thread's share of the depth to its sums: whole steps four at a time, then single ones.</summary>
    private static void AddProducts(
        PtxBuilder k, LinearShape shape, GlobalAddress x, GlobalAddress weight, U32 firstDepth, U32 quarter, int warps, F32[][] sums)
    {
        int step = warps * DepthsOfWarp;
        int whole = shape.Inputs / (step * Unrolled) * (step * Unrolled);
        GlobalAddress panel = k.Element(weight, k.MultiplyAdd(k.BlockX, shape.Inputs * Panel.Width, k.Multiply(quarter, Lanes)));
        k.For(0, whole, step * Unrolled, start => Steps(k.Add(start, firstDepth), Unrolled));
        k.For(k.Add(firstDepth, whole), shape.Inputs, step, depth => Steps(depth, 1));

        void Steps(U32 depth, int count)
        {
            GlobalAddress w = k.Element(panel, k.Multiply(depth, Panel.Width)), row = k.Element(x, depth);
            F32[][] weights = [.. Enumerable.Range(0, count).Select(i => k.Load(w.Plus(i * step * Panel.Width), Lanes))];
            for (int i = 0; i < count; i++)
            {
                for (int r = 0; r < sums.Length; r++)
                {
                    F32 value = k.Load(row.Plus(r * shape.Inputs + i * step));
                    for (int output = 0; output < Lanes; output++) k.MultiplyAddTo(sums[r][output], value, weights[i][output]);
                }
            }
        }
    }
}

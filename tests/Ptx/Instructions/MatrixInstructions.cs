namespace Transformer.Compiled.Ptx;

/// <summary><c>ldmatrix</c> and <c>mma.sync</c>.</summary>
internal static class MatrixInstructions
{
    /// <summary>Shapes, the type of the factors, and the registers of a lane that hold them.</summary>
    private static readonly Dictionary<(string Shape, PtxType Type), (int K, int A, int B)> Products = new()
    {
        [("m16n8k4", PtxType.TF32)] = (4, 2, 1),
        [("m16n8k8", PtxType.TF32)] = (8, 4, 2),
        [("m16n8k8", PtxType.BF16)] = (8, 2, 1),
        [("m16n8k16", PtxType.BF16)] = (16, 4, 2),
        [("m16n8k8", PtxType.F16)] = (8, 2, 1),
        [("m16n8k16", PtxType.F16)] = (16, 4, 2),
    };

    public static void AddTo(Dictionary<string, Decoder> decoders)
    {
        decoders["ldmatrix"] = Load;
        decoders["mma"] = Multiply;
    }

    private static LoadMatrices Load(Decoding decoding)
    {
        decoding.TakeOne("sync");
        decoding.TakeOne("aligned");
        decoding.TakeOne("m8n8");
        int count = decoding.TakeOne("x1", "x2", "x4")[1] - '0';
        bool isTransposed = decoding.Take("trans");
        var space = MemoryInstructions.TakeSpace(decoding);
        if (space is not (PtxSpace.Shared or PtxSpace.Generic)) throw decoding.Error("matrices are loaded from shared memory; expected '.shared'");
        decoding.TakeType(PtxType.B16);
        var targets = decoding.Elements(0, count).Select(element => decoding.Target(element, PtxType.B32)).ToArray();
        return new LoadMatrices(space, MemoryInstructions.Address(decoding, 1, space), targets, isTransposed ? MatrixOrder.Transposed : MatrixOrder.AsStored);
    }

    /// <summary><c>mma.sync.aligned.shape.row.col.f32.type.type.f32 d, a, b, c</c>.</summary>
    private static MultiplyMatrices Multiply(Decoding decoding)
    {
        decoding.TakeOne("sync");
        decoding.TakeOne("aligned");
        string shape = decoding.TakeOne("m16n8k4", "m16n8k8", "m16n8k16");
        decoding.TakeOne("row");
        decoding.TakeOne("col");
        decoding.TakeType(PtxType.F32);
        var type = decoding.TakeType(PtxType.TF32, PtxType.BF16, PtxType.F16);
        decoding.TakeType(type);
        decoding.TakeType(PtxType.F32);
        if (!Products.TryGetValue((shape, type), out var product)) throw decoding.Error($"there is no product '.{shape}' of {type.Text()}");
        return new MultiplyMatrices(
            type, product.K,
            [.. decoding.Elements(0, 4).Select(element => decoding.Target(element, PtxType.F32))],
            [.. decoding.Elements(1, product.A).Select(element => decoding.Source(element, PtxType.B32))],
            [.. decoding.Elements(2, product.B).Select(element => decoding.Source(element, PtxType.B32))],
            [.. decoding.Elements(3, 4).Select(element => decoding.Source(element, PtxType.F32))]);
    }
}

/// <summary>How <c>ldmatrix</c> hands out the elements of a matrix.</summary>
internal enum MatrixOrder
{
    AsStored,
    Transposed,
}

/// <summary>
/// <c>ldmatrix</c>: matrices of 8 × 8 elements of 16 bits. Lane 8·j + i names row i of matrix j; lane l gets elements 2·(l mod 4) and the next of row l / 4, or, transposed,
/// of column l / 4.
/// </summary>
internal sealed unsafe class LoadMatrices(PtxSpace space, LaneAddress address, int[] targets, MatrixOrder order) : MemoryOperation(space, address, 2, 8)
{
    private const int Size = 8;

    public override void Execute(Warp warp, uint mask)
    {
        WarpMembers.CheckAll(mask);
        byte** rows = stackalloc byte*[Warp.Lanes];
        uint naming = targets.Length == 4 ? Warp.All : (1u << (targets.Length * Size)) - 1;
        Resolve(warp, naming, AccessKind.Read, rows);
        for (int matrix = 0; matrix < targets.Length; matrix++)
        {
            byte* to = warp.Registers + targets[matrix];
            for (int lane = 0; lane < Warp.Lanes; lane++)
            {
                int line = lane / 4, first = lane % 4 * 2;
                uint low = order == MatrixOrder.AsStored ? Element(rows, matrix, line, first) : Element(rows, matrix, first, line);
                uint high = order == MatrixOrder.AsStored ? Element(rows, matrix, line, first + 1) : Element(rows, matrix, first + 1, line);
                Lane.Set(to, lane, high << 16 | low);
            }
        }
    }

    private static uint Element(byte** rows, int matrix, int row, int column) => ((ushort*)rows[(matrix * Size) + row])[column];
}

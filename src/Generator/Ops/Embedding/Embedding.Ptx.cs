using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Ops;

internal sealed partial class Embedding
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor indices = Inputs[Indices]!, table = Inputs[Table]!;
        PtxKernel kernel = lowering.Kernel(EmbeddingKernels.Forward, ShapeOf(indices, table, FirstRow, Scale), PtxLowering.KindOf(Addend));
        return
        [
            new PtxLaunch(kernel)
                .Address("indices", indices).Address("table", table, (long)FirstRow * table.Shape.Columns).Address("addend", PtxLowering.Addend(Addend)).Address("y", Y),
        ];
    }

    internal static EmbeddingShape ShapeOf(Tensor indices, Tensor table, int firstRow, float scale)
    {
        TableLayout layout = table.Parameter?.Format == StorageFormat.Panels ? TableLayout.Panels : TableLayout.RowMajor;
        return new EmbeddingShape(PtxLowering.Rows(indices.Shape), table.Shape.Rows - firstRow, table.Shape.Columns, scale, layout);
    }
}

internal sealed partial class EmbeddingGradient
{
    public override IReadOnlyList<PtxLaunch> LowerToPtx(PtxLowering lowering)
    {
        Tensor indices = Inputs[0]!, dTable = Outputs[0];
        long skipped = (long)FirstRow * dTable.Shape.Columns;
        PtxKernel kernel = lowering.Kernel(EmbeddingKernels.Gradient, Embedding.ShapeOf(indices, dTable, FirstRow, Scale), Untrained, PtxLowering.KindOf(Addend));
        return
        [
            new PtxLaunch(kernel).Address("indices", indices).Address("dy", Inputs[1])
                .Address("addend", PtxLowering.Addend(Addend), skipped).Address("dTable", dTable, skipped),
        ];
    }
}

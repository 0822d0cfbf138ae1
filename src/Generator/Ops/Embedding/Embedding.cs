using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// y[r,D] = scale · table[first + indices[r], D] + addend[r,D]; the table is a parameter or a constant table, and its first row is 0 unless
/// positions begin later in it.
/// </summary>
internal sealed partial class Embedding : Operation
{
    private const int Indices = 0, Table = 1, AddendOperand = 2;

    /// <param name="indices">[r]; first + index is a row of the table.</param>
    /// <param name="table">[rows, D].</param>
    /// <param name="scale">The factor on the table's rows.</param>
    /// <param name="addend">[r, D], or null.</param>
    /// <param name="name">Of the result.</param>
    /// <param name="firstRow">The row that index 0 means.</param>
    /// <param name="untrained">An index that does not train its row (PyTorch's padding_idx); −1 for none.</param>
    public Embedding(Tensor indices, Tensor table, float scale, Tensor? addend, string name, int firstRow = 0, int untrained = -1)
        : base(indices, table, addend)
    {
        if (firstRow > 0 && table.Parameter is { Format: StorageFormat.Panels })
            throw new ArgumentException($"{table} lies in panels, which begin at row 0.");
        FirstRow = firstRow;
        Untrained = untrained;
        Scale = scale;
        Shape rows = indices.Shape.WithColumns(table.Shape.Columns);
        Y = new Tensor(name, rows, TensorRole.Activation);
    }

    public float Scale { get; }

    public int FirstRow { get; }

    public int Untrained { get; }

    public Tensor Y { get; }

    public override IReadOnlyList<Tensor> Outputs => [Y];

    public override int AddendSlot => AddendOperand;

    public override void Differentiate(GradientBuilder gradients)
    {
        if (gradients.Of(Y) is not { } dy) return;
        if (Addend is { } addend) gradients.Pass(addend, dy);
        if (gradients.Needs(Inputs[Table]))
            gradients.Program.Add(new EmbeddingGradient(Inputs[Indices]!, dy, Scale, FirstRow, Untrained, gradients.Contribute(Inputs[Table]!)));
    }
}

/// <summary>dTable[first + v, D] = scale · Σ over rows with index v of dy[r,D] + addend; rows before the first have no gradient.</summary>
internal sealed partial class EmbeddingGradient(
    Tensor indices, Tensor dy, float scale, int firstRow, int untrained, (Tensor? Addend, Tensor Destination) contribution)
    : Operation(indices, dy, contribution.Addend)
{
    public float Scale { get; } = scale;

    public int FirstRow { get; } = firstRow;

    public int Untrained { get; } = untrained;

    public override IReadOnlyList<Tensor> Outputs { get; } = [contribution.Destination];

    public override int AddendSlot => 2;

    public override bool WritesAll => FirstRow == 0;

    public override long FloatingPointOperations => Inputs[1]!.Shape.Elements;
}

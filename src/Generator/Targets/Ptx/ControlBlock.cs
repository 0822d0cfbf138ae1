namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>The control block as a kernel reads it.</summary>
internal readonly struct ControlBlock(PtxBuilder builder, GlobalAddress start)
{
    private readonly GlobalAddress _start = start;

    /// <summary>The block as the next parameter.</summary>
    public ControlBlock(PtxBuilder builder)
        : this(builder, builder.Buffer("control"))
    {
    }

    /// <summary>Bytes of the block without the records of rows.</summary>
    public static int Bytes => ControlLayout.Bytes(rows: 0);

    public U32 Word(ControlField field) => builder.LoadWord(_start.Plus((int)field));

    public F32 Float(ControlField field) => builder.Load(_start.Plus((int)field));

    /// <summary>A word of a row's record.</summary>
    public U32 Word(U32 row, ControlRowField field) =>
        builder.LoadWord(builder.Element(_start.Plus(ControlLayout.RowRecords / 4), builder.Multiply(row, ControlLayout.RowStride / 4)).Plus((int)field));
}

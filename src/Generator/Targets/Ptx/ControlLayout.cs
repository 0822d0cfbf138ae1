namespace Transformer.Compiled.Generator.Targets.Ptx;

/// <summary>Byte offsets in the control block: the fields that all rows share, then a record for each row.</summary>
internal static class ControlLayout
{
    /// <summary>Where the records of rows begin.</summary>
    public const int RowRecords = 256;

    /// <summary>The bytes of a row's record.</summary>
    public const int RowStride = 32;

    /// <summary>The block's bytes where there are so many rows.</summary>
    public static int Bytes(int rows) => checked(RowRecords + rows * RowStride);

    /// <summary>Where a field is.</summary>
    public static int Offset(ControlField field) => 4 * (int)field;

    /// <summary>Where a field of a row's record is.</summary>
    public static int Offset(int row, ControlRowField field) => RowRecords + row * RowStride + 4 * (int)field;
}

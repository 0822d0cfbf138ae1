namespace Transformer.Compiled.Benchmarks.Formats;

/// <summary>Element types by their numbers in TensorProto.DataType.</summary>
internal enum OnnxType
{
    Float = 1,
    Int32 = 6,
    Int64 = 7,
}

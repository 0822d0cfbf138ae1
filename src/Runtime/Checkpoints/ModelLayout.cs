using System.ComponentModel;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Checkpoints;

[EditorBrowsable(EditorBrowsableState.Never)]
public enum ParameterKind { Projection, Embedding, Norm, Bias }

[EditorBrowsable(EditorBrowsableState.Never)]
public enum StorageFormat { RowMajor, Panels }

[EditorBrowsable(EditorBrowsableState.Never)]
public enum TensorOrientation { RowMajor, Transposed }

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Initializer(double Scale)
{
    public static Initializer Zeros => default;
}

[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record ParameterInfo(string Name, ParameterKind Kind, int Rows, int Columns, nint Offset, StorageFormat Format, Initializer Init);

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RowRange(int ParameterIndex, int Start, int Count);

[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CheckpointTensor(string Name, int[] Shape, TensorOrientation Orientation, RowRange[] Rows);

[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CheckpointConventions(string OptionalPrefix, (string Alias, string Name)[] TiedAliases, string[] IgnoredPatterns);

[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModelLayout(
    string modelName, nint floats, nint trainedFloats, ParameterInfo[] parameters, CheckpointTensor[] tensors, CheckpointConventions conventions)
{
    public string ModelName { get; } = modelName;
    public nint Floats { get; } = floats;
    public nint TrainedFloats { get; } = trainedFloats;
    public ReadOnlySpan<ParameterInfo> Parameters => parameters;
    public ReadOnlySpan<CheckpointTensor> Tensors => tensors;
    public CheckpointConventions Conventions { get; } = conventions;

    public void Export(Pointer<float> storage, string name, Span<float> destination) => throw new NotSupportedException();
    public void Import(Pointer<float> storage, string name, ReadOnlySpan<float> source) => throw new NotSupportedException();
}

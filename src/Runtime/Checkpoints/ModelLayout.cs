using System.ComponentModel;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Checkpoints;

/// <summary>
/// How a model's parameters lie in memory and in checkpoints: built once by generated code, shared by everything that has the storage's
/// layout (weights, gradients, optimizer state). Trained parameters stand first.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModelLayout
{
    private readonly ParameterInfo[] _parameters;
    private readonly CheckpointTensor[] _tensors;
    private readonly Dictionary<string, CheckpointTensor> _byCanonicalName = new(StringComparer.Ordinal);

    /// <param name="modelName">The model's name, for messages.</param>
    /// <param name="floats">Floats of storage.</param>
    /// <param name="trainedFloats">How many of them, from the first on, are trained.</param>
    /// <param name="parameters">The parameters, inside the storage and apart from each other.</param>
    /// <param name="tensors">The checkpoint's tensors, which hold each row of each parameter once.</param>
    /// <param name="conventions">What checkpoints of the family vary in.</param>
    /// <exception cref="ArgumentException">These contradict each other.</exception>
    public ModelLayout(
        string modelName, nint floats, nint trainedFloats, ParameterInfo[] parameters, CheckpointTensor[] tensors, CheckpointConventions conventions)
    {
        ModelName = modelName;
        Floats = floats;
        TrainedFloats = trainedFloats;
        _parameters = parameters;
        _tensors = tensors;
        Conventions = conventions;
        ModelLayoutRules.Check(this);
        foreach (CheckpointTensor tensor in tensors) AddName(tensor.Name, tensor);
        foreach ((string alias, string name) in conventions.TiedAliases) AddName(alias, Tensor(name));
    }

    /// <summary>The model's name, for messages.</summary>
    public string ModelName { get; }

    /// <summary>Floats of storage.</summary>
    public nint Floats { get; }

    /// <summary>How many floats of storage, from the first on, are trained; also the extent of gradients and of each optimizer state.</summary>
    public nint TrainedFloats { get; }

    /// <summary>The parameters; <see cref="RowRange"/> counts in them.</summary>
    public ReadOnlySpan<ParameterInfo> Parameters => _parameters;

    /// <summary>The tensors of a checkpoint, tied ones once, in the checkpoint's order.</summary>
    public ReadOnlySpan<CheckpointTensor> Tensors => _tensors;

    /// <summary>What checkpoints of the family vary in.</summary>
    public CheckpointConventions Conventions { get; }

    /// <summary>The tensor of a name, with or without the optional prefix, or of a tied alias.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public CheckpointTensor Tensor(string name) => Find(name)
        ?? throw new ArgumentException($"{ModelName} has no tensor '{name}'{_tensors.Select(tensor => tensor.Name).Nearest(name)}.", nameof(name));

    /// <summary>Whether all of a tensor is trained, and thus has gradients and optimizer state.</summary>
    public bool IsTrained(CheckpointTensor tensor)
    {
        foreach (RowRange range in tensor.Rows)
        {
            ParameterInfo parameter = _parameters[range.Parameter];
            if (parameter.Offset + parameter.Floats > TrainedFloats) return false;
        }

        return true;
    }

    /// <summary>Copies a tensor out of a storage of this layout, as a checkpoint has it.</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or it has another number of elements.</exception>
    public void Export(Pointer<float> storage, string name, Span<float> destination) =>
        Export(storage, Sized(name, destination.Length), 0, destination);

    /// <summary>Copies a tensor, as a checkpoint has it, into a storage of this layout.</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or it has another number of elements.</exception>
    public void Import(Pointer<float> storage, string name, ReadOnlySpan<float> source) =>
        Import(storage, Sized(name, source.Length), 0, source);

    /// <summary>Describes a tensor of a storage to a <see cref="SafetensorsWriter"/>, under any name. The storage must outlive the writing.</summary>
    public SafetensorsEntry Entry(string entryName, CheckpointTensor tensor, Pointer<float> storage) =>
        SafetensorsEntry.Float32(entryName, Shapes.Widen(tensor.Shape), (first, destination) => Export(storage, tensor, first, destination));

    internal CheckpointTensor? Find(string name) => _byCanonicalName.GetValueOrDefault(Conventions.Canonical(name));

    /// <summary>Copies elements of a tensor, counted from <paramref name="first"/> in the checkpoint's order, out of a storage.</summary>
    internal unsafe void Export(Pointer<float> storage, CheckpointTensor tensor, long first, Span<float> destination)
    {
        foreach (StorageRun run in Runs(tensor, first, destination.Length))
        {
            float* source = storage.Value + run.Offset;
            if (run.Stride == 1)
                new ReadOnlySpan<float>(source, run.Length).CopyTo(destination);
            else
                for (int index = 0; index < run.Length; index++) destination[index] = source[(nint)index * run.Stride];
            destination = destination[run.Length..];
        }
    }

    /// <summary>Copies elements of a tensor, counted from <paramref name="first"/> in the checkpoint's order, into a storage.</summary>
    internal unsafe void Import(Pointer<float> storage, CheckpointTensor tensor, long first, ReadOnlySpan<float> source)
    {
        foreach (StorageRun run in Runs(tensor, first, source.Length))
        {
            float* destination = storage.Value + run.Offset;
            if (run.Stride == 1)
                source[..run.Length].CopyTo(new Span<float>(destination, run.Length));
            else
                for (int index = 0; index < run.Length; index++) destination[(nint)index * run.Stride] = source[index];
            source = source[run.Length..];
        }
    }

    private StorageRuns Runs(CheckpointTensor tensor, long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, tensor.Count - count);
        return new StorageRuns(this, tensor, first, count);
    }

    private CheckpointTensor Sized(string name, int length)
    {
        CheckpointTensor tensor = Tensor(name);
        return tensor.Count == length
            ? tensor
            : throw new ArgumentException(
                $"Tensor '{name}' of {ModelName} has {tensor.Count} elements, of shape {Shapes.Text(tensor.Shape)}, not {length}.");
    }

    private void AddName(string name, CheckpointTensor tensor)
    {
        if (!_byCanonicalName.TryAdd(Conventions.Canonical(name), tensor))
            throw new ArgumentException($"{ModelName}: two tensors are named '{name}'.");
    }
}

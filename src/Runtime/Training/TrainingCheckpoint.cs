using System.Globalization;
using System.Numerics;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Training;

/// <summary>
/// A trainer's whole state as one safetensors file. Weights have the model's own checkpoint names; the tensors <c>training.STATE.NAME</c> are the
/// optimizer's state and, between the micro-batches of an update, <c>training.gradient.NAME</c> the sum of their gradients. The
/// rest is metadata. Optimizer settings are recorded for the reader only: a run goes on with those of its own optimizer.
/// </summary>
internal sealed class TrainingCheckpoint(ModelWeights weights, Optimizer optimizer, TrainerMemory memory)
{
    private const string Version = "1";
    private const string VersionKey = "training.version";
    private const string ModelKey = "training.model";
    private const string OptimizerKey = "training.optimizer";
    private const string SettingsKey = "training.optimizer_settings";
    private const string StepKey = "training.step";
    private const string MicroBatchKey = "training.micro_batch";
    private const string SeedKey = "training.seed";
    private const string DataPositionKey = "training.data_position";
    private const string ValidationKey = "training.validation";
    private const string PlateauKey = "training.plateau";
    private const string GradientState = "gradient";
    private const int ChunkFloats = 1 << 16;

    private readonly ModelLayout _layout = weights.Layout;

    public void Save(string path, in TrainerProgress progress)
    {
        IEnumerable<SafetensorsEntry> entries =
            from part in Parts(progress) select _layout.Entry(part.Name, part.Tensor, part.Storage);
        SafetensorsWriter.Write(path, entries, Metadata(progress));
    }

    /// <summary>Checks all of the file, and only then copies from it.</summary>
    public TrainerProgress Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        TrainerProgress progress = ReadMetadata(file);
        List<Part> parts = [.. Parts(progress)];
        CheckTensors(file, parts);

        var chunk = new float[ChunkFloats];
        foreach (Part part in parts) Copy(file, part, chunk);
        foreach ((string key, ReduceOnPlateau plateau) in Plateaus()) plateau.Restore(file.Metadata[key]);
        return progress;
    }

    private IEnumerable<Part> Parts(TrainerProgress progress)
    {
        foreach (CheckpointTensor tensor in _layout.Tensors.ToArray())
        {
            yield return new Part(tensor.Name, tensor, weights.Storage);
            if (!_layout.IsTrained(tensor)) continue;

            for (int index = 0; index < optimizer.StateNames.Count; index++)
                yield return new Part(StateName(optimizer.StateNames[index], tensor), tensor, memory.State + index * memory.StateStride);
            if (progress.MicroBatch > 0) yield return new Part(StateName(GradientState, tensor), tensor, memory.Gradients);
        }
    }

    private Dictionary<string, string> Metadata(in TrainerProgress progress)
    {
        var metadata = new Dictionary<string, string>(SafetensorsWriter.PyTorchMetadata)
        {
            [VersionKey] = Version,
            [ModelKey] = _layout.ModelName,
            [OptimizerKey] = optimizer.Name,
            [SettingsKey] = optimizer.Settings,
            [StepKey] = progress.Step.ToString(CultureInfo.InvariantCulture),
            [MicroBatchKey] = progress.MicroBatch.ToString(CultureInfo.InvariantCulture),
            [SeedKey] = progress.Seed.ToString(CultureInfo.InvariantCulture),
            [DataPositionKey] = progress.DataPosition.ToString(CultureInfo.InvariantCulture),
        };
        if (progress.Validation is { } validation) metadata[ValidationKey] = validation.State;
        foreach ((string key, ReduceOnPlateau plateau) in Plateaus()) metadata[key] = plateau.State;
        return metadata;
    }

    private IEnumerable<(string Key, ReduceOnPlateau Plateau)> Plateaus() =>
        optimizer.LearningRate.Plateaus.Select((plateau, index) => (FormattableString.Invariant($"{PlateauKey}.{index}"), plateau));

    private TrainerProgress ReadMetadata(SafetensorsFile file)
    {
        if (!file.Metadata.ContainsKey(VersionKey))
            throw Refuse(file, null, $"it is no training checkpoint: its metadata lacks '{VersionKey}'");
        Expect(file, VersionKey, Version);
        Expect(file, ModelKey, _layout.ModelName);
        Expect(file, OptimizerKey, optimizer.Name);
        foreach ((string key, _) in Plateaus())
        {
            string? state = file.Metadata.GetValueOrDefault(key);
            if (!ReduceOnPlateau.IsState(state)) throw Refuse(file, null, $"'{key}' is '{state}' in its metadata, which is no state of a plateau schedule");
        }

        return new TrainerProgress
        {
            Step = ReadNumber(file, StepKey, 0L, long.MaxValue),
            MicroBatch = ReadNumber(file, MicroBatchKey, 0, int.MaxValue),
            Seed = ReadNumber(file, SeedKey, ulong.MinValue, ulong.MaxValue),
            DataPosition = ReadNumber(file, DataPositionKey, long.MinValue, long.MaxValue),
            Validation = ReadValidation(file),
        };
    }

    /// <summary>Files of runs without validation, and those of versions that did not save it, have none.</summary>
    private static ValidationProgress? ReadValidation(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(ValidationKey, out string? text)) return null;
        return ValidationProgress.Parse(text) ?? throw Refuse(file, null, $"'{ValidationKey}' is '{text}' in its metadata, which is no progress of a validation");
    }

    private static void Expect(SafetensorsFile file, string key, string expected)
    {
        string? found = file.Metadata.GetValueOrDefault(key);
        if (found != expected) throw Refuse(file, null, $"'{key}' is '{found}' in its metadata, and '{expected}' here");
    }

    private static T ReadNumber<T>(SafetensorsFile file, string key, T least, T most)
        where T : struct, IBinaryInteger<T>
    {
        string? text = file.Metadata.GetValueOrDefault(key);
        bool isNumber = T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T value);
        return isNumber && value >= least && value <= most
            ? value
            : throw Refuse(file, null, $"'{key}' is '{text}' in its metadata, which is no integer from {least} to {most}");
    }

    private static void CheckTensors(SafetensorsFile file, List<Part> parts)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (Part part in parts)
        {
            SafetensorsTensor found = file.Tensor(part.Name);
            if (found.Type != SafetensorsType.Float32) throw file.WrongType(found, "F32");
            long[] expected = Shapes.Widen(part.Tensor.Shape);
            if (!found.Shape.SequenceEqual(expected))
                throw Refuse(file, part.Name, $"tensor '{part.Name}' has shape {Shapes.Text(found.Shape)}, but the model's is {Shapes.Text(expected)}");
            known.Add(part.Name);
        }

        string? unknown = file.Names.FirstOrDefault(name => !known.Contains(name));
        if (unknown is not null) throw Refuse(file, unknown, $"tensor '{unknown}' belongs to no part of this trainer");
    }

    private void Copy(SafetensorsFile file, Part part, float[] chunk)
    {
        for (long first = 0; first < part.Tensor.Count; first += chunk.Length)
        {
            Span<float> elements = chunk.AsSpan(0, (int)Math.Min(chunk.Length, part.Tensor.Count - first));
            file.ReadFloat32(part.Name, first, elements);
            _layout.Import(part.Storage, part.Tensor, first, elements);
        }
    }

    private static string StateName(string state, CheckpointTensor tensor) =>
        $"{CheckpointConventions.TrainingPrefix}{state}.{tensor.Name}";

    private static CheckpointException Refuse(SafetensorsFile file, string? tensor, string message) => new(file.Path, tensor, message);

    /// <summary>One tensor of the file, and the storage that it is a part of.</summary>
    private readonly record struct Part(string Name, CheckpointTensor Tensor, Pointer<float> Storage);
}

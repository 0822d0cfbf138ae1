using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Checkpoints;

/// <summary>
/// Loads a checkpoint into a model's storage. Names, shapes, types and ties are all checked before the first element is copied.
/// </summary>
/// <param name="checkpoint">The checkpoint.</param>
/// <param name="layout">The model's storage and names.</param>
/// <param name="head">What to do where the checkpoint has another head.</param>
internal sealed class CheckpointLoader(CheckpointReader checkpoint, ModelLayout layout, HeadPolicy head)
{
    private const int ChunkFloats = 1 << 14;

    private readonly Dictionary<string, CheckpointEntry> _byCanonicalName = new(StringComparer.Ordinal);
    private readonly List<(CheckpointTensor Tensor, CheckpointEntry Source)> _bound = [];
    private readonly List<(CheckpointEntry Entry, CheckpointEntry Twin)> _tied = [];
    private readonly List<CheckpointTensor> _drawn = [];
    private readonly float[] _chunk = new float[ChunkFloats];

    private bool DrawsHead => head != HeadPolicy.Required;

    /// <summary>The tensors of the head that the checkpoint lacks, or has in another size, and that <see cref="Load"/> has drawn.</summary>
    public IReadOnlyList<CheckpointTensor> Drawn => _drawn;

    /// <param name="storage">Floats of the layout; parameters are overwritten, padding is left alone.</param>
    /// <param name="seed">What a head that the checkpoint lacks is drawn from.</param>
    /// <param name="warn">Told of tensors that hold infinities or NaNs.</param>
    /// <exception cref="CheckpointException">The checkpoint does not fit the model; the storage is unchanged.</exception>
    public void Load(Pointer<float> storage, ulong seed, Action<string> warn)
    {
        Bind();
        foreach ((CheckpointTensor tensor, CheckpointEntry source) in _bound) CheckForm(tensor, source);
        foreach ((CheckpointEntry entry, CheckpointEntry twin) in _tied) CheckTie(entry, twin);
        foreach (CheckpointTensor tensor in _drawn) Draw(tensor, seed, storage);
        foreach ((CheckpointTensor tensor, CheckpointEntry source) in _bound) Copy(tensor, source, storage, warn);
    }

    /// <summary>Pairs the model's tensors with the checkpoint's: every one of the former, and no other of the latter.</summary>
    private void Bind()
    {
        var extra = new List<string>();
        foreach (CheckpointEntry entry in checkpoint.Entries)
        {
            if (layout.Find(entry.Name) is null)
            {
                if (!PassesOver(entry.Name)) extra.Add(entry.Name);
            }
            else if (!_byCanonicalName.TryAdd(layout.Conventions.Canonical(entry.Name), entry))
            {
                throw entry.Fail($"tensors '{Entry(entry.Name)!.Name}' and '{entry.Name}' are the same one of {layout.ModelName}");
            }
        }

        var missing = new List<CheckpointTensor>();
        foreach (CheckpointTensor tensor in layout.Tensors)
        {
            if (TryBind(tensor)) continue;
            if (DrawsHead && layout.Conventions.IsOfHead(tensor.Name)) _drawn.Add(tensor);
            else missing.Add(tensor);
        }

        if (missing.Count > 0) throw Missing(missing, extra);
        if (extra.Count > 0) throw Extra(extra);
    }

    private bool PassesOver(string name) =>
        layout.Conventions.Ignores(name) || (DrawsHead && layout.Conventions.IsOfHead(name));

    /// <summary>
    /// Finds a tensor under its name or an alias, unless it is one of a head that shall fit or be drawn; whatever else is found must be tied to it.
    /// </summary>
    private bool TryBind(CheckpointTensor tensor)
    {
        CheckpointEntry? source = Entry(tensor.Name);
        foreach ((string alias, string name) in layout.Conventions.TiedAliases)
        {
            if (layout.Tensor(name) != tensor || Entry(alias) is not { } twin) continue;
            if (source is null) source = twin;
            else _tied.Add((source, twin));
        }

        if (source is null || (head == HeadPolicy.DrawnUnlessFitting && layout.Conventions.IsOfHead(tensor.Name) && !HasShape(tensor, source))) return false;
        _bound.Add((tensor, source));
        return true;
    }

    private static bool HasShape(CheckpointTensor tensor, CheckpointEntry source) => source.Tensor.Shape.SequenceEqual(Shapes.Widen(tensor.Shape));

    private CheckpointEntry? Entry(string name) => _byCanonicalName.GetValueOrDefault(layout.Conventions.Canonical(name));

    private CheckpointException Missing(List<CheckpointTensor> missing, List<string> extra)
    {
        CheckpointTensor first = missing[0];
        var message = new StringBuilder($"tensor '{first.Name}' of shape {Shapes.Text(first.Shape)} is missing");
        if (missing.Count > 1) message.Append($", and {missing.Count - 1} more ({NearestNames.Few(missing.ConvertAll(tensor => tensor.Name)[1..])})");
        message.Append($"; {layout.ModelName} needs it");
        if (extra.Count > 0) message.Append($"; not the model's: {Counted(extra)}{extra.Nearest(first.Name)}");
        if (missing.TrueForAll(tensor => layout.Conventions.IsOfHead(tensor.Name))) message.Append("; LoadPretrained draws a head that is lacking");
        return new CheckpointException(checkpoint.Path, first.Name, message.ToString());
    }

    private CheckpointException Extra(List<string> extra) =>
        new(checkpoint.Path, extra[0], $"{layout.ModelName} has no place for {Counted(extra)}: {NearestNames.Few(extra)}{Advice(extra)}");

    private string Advice(List<string> extra) => extra.TrueForAll(layout.Conventions.IsOfHead) ? "; LoadPretrained passes over heads of other tasks" : "";

    private static string Counted(List<string> names) => names.Count == 1 ? "1 tensor" : $"{names.Count} tensors";

    private void CheckForm(CheckpointTensor tensor, CheckpointEntry source)
    {
        if (!SafetensorsFile.IsFloat(source.Tensor.Type)) throw source.File.WrongType(source.Tensor, "F32, F16 or BF16");
        if (HasShape(tensor, source)) return;
        (string found, string expected) = (Shapes.Text(source.Tensor.Shape), Shapes.Text(tensor.Shape));
        string advice = layout.Conventions.IsOfHead(tensor.Name)
            ? $"; it is one of the head: compile {layout.ModelName} for the checkpoint's number of labels, or draw a new head by LoadPretrained with {nameof(MismatchedSizes)}.{nameof(MismatchedSizes.DrawHead)}"
            : "";
        throw source.Fail($"tensor '{source.Name}' has shape {found}, but {layout.ModelName} expects {expected}{advice}");
    }

    private void CheckTie(CheckpointEntry entry, CheckpointEntry twin)
    {
        string pair = $"tensors '{entry.Name}' and '{twin.Name}' are tied in {layout.ModelName}, but";
        if (entry.Tensor.Type != twin.Tensor.Type) throw twin.Fail($"{pair} have types {entry.Tensor.Type.Name()} and {twin.Tensor.Type.Name()}");
        if (!entry.Tensor.Shape.SequenceEqual(twin.Tensor.Shape))
            throw twin.Fail($"{pair} have shapes {Shapes.Text(entry.Tensor.Shape)} and {Shapes.Text(twin.Tensor.Shape)}");
        Span<byte> ours = MemoryMarshal.AsBytes(_chunk.AsSpan(0, ChunkFloats / 2));
        Span<byte> theirs = MemoryMarshal.AsBytes(_chunk.AsSpan(ChunkFloats / 2));
        long length = entry.Tensor.End - entry.Tensor.Begin;
        for (long first = 0; first < length; first += ours.Length)
        {
            int count = (int)Math.Min(ours.Length, length - first);
            entry.File.ReadBytes(entry.Name, first, ours[..count]);
            twin.File.ReadBytes(twin.Name, first, theirs[..count]);
            if (!ours[..count].SequenceEqual(theirs[..count])) throw twin.Fail($"{pair} their elements differ");
        }
    }

    private void Draw(CheckpointTensor tensor, ulong seed, Pointer<float> storage)
    {
        foreach (RowRange range in tensor.Rows)
        {
            ParameterInfo parameter = layout.Parameters[range.Parameter];
            parameter.Init.Draw(parameter, seed, storage);
        }
    }

    private void Copy(CheckpointTensor tensor, CheckpointEntry source, Pointer<float> storage, Action<string> warn)
    {
        bool finite = true;
        for (long first = 0; first < tensor.Count; first += ChunkFloats)
        {
            Span<float> chunk = _chunk.AsSpan(0, (int)Math.Min(ChunkFloats, tensor.Count - first));
            source.File.Read(source.Tensor, first, chunk);
            finite = finite && TensorPrimitives.IsFiniteAll<float>(chunk);
            layout.Import(storage, tensor, first, chunk);
        }

        if (!finite) warn($"{source.File.Path}: tensor '{source.Name}' holds values that are not finite");
    }
}

/// <summary>What to do with a head that a checkpoint lacks, and with those that it has instead.</summary>
internal enum HeadPolicy
{
    /// <summary>The checkpoint has to have the model's head, and no other.</summary>
    Required,

    /// <summary>The model's head is drawn where the checkpoint lacks it; other heads are passed over.</summary>
    DrawnIfAbsent,

    /// <summary>As <see cref="DrawnIfAbsent"/>, and tensors of the head that have another shape are drawn, too.</summary>
    DrawnUnlessFitting,
}

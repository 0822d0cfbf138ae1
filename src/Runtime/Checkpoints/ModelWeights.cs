using System.ComponentModel;
using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Checkpoints;

/// <summary>
/// A model's parameters in memory. Each generated model has a <c>Weights</c> class, with <c>Load</c> and <c>Initialize</c>.
/// Tensors go by the names, shapes and layouts of Hugging Face's checkpoints, whatever the layout in memory.
/// </summary>
/// <remarks>
/// Sessions share weights; a trainer holds them alone. Disposing weights that are still held frees the memory when the last holder lets go;
/// nobody can take hold of them any more. <see cref="Export"/> and <see cref="Save"/> may be called while a trainer rests between steps.
/// </remarks>
public abstract class ModelWeights : IDisposable
{
    private readonly NativeBuffer<float> _storage;
    private readonly WeightsLease _lease;
    private readonly List<string> _warnings = [];
    private readonly List<string> _drawn = [];
    private string[]? _names;

    /// <summary>Allocates zeroed parameters.</summary>
    protected ModelWeights(ModelLayout layout)
    {
        Layout = layout;
        _storage = new NativeBuffer<float>(layout.Floats);
        _lease = new WeightsLease(layout.ModelName, _storage);
    }

    /// <summary>How the parameters lie in memory and in checkpoints.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ModelLayout Layout { get; }

    /// <summary>The parameters, laid out as <see cref="Layout"/> says; valid while the weights are held.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Pointer<float> Storage => _storage.Pointer;

    /// <summary>The checkpoint's names of the tensors; tied ones stand once.</summary>
    public IReadOnlyList<string> Names => _names ??= Array.ConvertAll(Layout.Tensors.ToArray(), tensor => tensor.Name);

    /// <summary>What loading found odd but not wrong: tensors that hold infinities or NaNs.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The tensors of the head that the checkpoint lacked, or had in another size, and that <c>LoadPretrained</c> drew.</summary>
    public IReadOnlyList<string> Drawn => _drawn;

    /// <summary>The shape of a tensor in checkpoints.</summary>
    /// <exception cref="ArgumentException">There is no tensor of that name.</exception>
    public ReadOnlySpan<int> Shape(string name) => Layout.Tensor(name).Shape;

    /// <summary>Copies a tensor out, as checkpoints have it (row-major in its <see cref="Shape"/>).</summary>
    /// <param name="name">One of <see cref="Names"/>, with or without the family's prefix, or a tied alias.</param>
    /// <param name="destination">As many elements as the shape has.</param>
    /// <exception cref="ArgumentException">There is no tensor of that name, or it has another number of elements.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    public void Export(string name, Span<float> destination)
    {
        _lease.ThrowIfDisposed();
        BringToHost?.Invoke();
        Layout.Export(Storage, name, destination);
        GC.KeepAlive(this);
    }

    /// <summary>Copies a tensor in, as checkpoints have it (row-major in its <see cref="Shape"/>).</summary>
    /// <param name="name">One of <see cref="Names"/>, with or without the family's prefix, or a tied alias.</param>
    /// <param name="source">As many elements as the shape has.</param>
    /// <exception cref="ArgumentException">There is no tensor of that name, or it has another number of elements.</exception>
    /// <exception cref="InvalidOperationException">A session or a trainer holds the weights.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    public void Import(string name, ReadOnlySpan<float> source)
    {
        _lease.AcquireExclusive();
        try
        {
            Layout.Import(Storage, name, source);
        }
        finally
        {
            _lease.ReleaseExclusive();
        }
    }

    /// <summary>
    /// Writes a safetensors file that Hugging Face's libraries load: float32, tied tensors once. A file that was there before is replaced only
    /// when the new one is complete and on disk.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    public void Save(string path)
    {
        _lease.ThrowIfDisposed();
        BringToHost?.Invoke();
        SafetensorsWriter.Write(path, Entries(), SafetensorsWriter.PyTorchMetadata);
        GC.KeepAlive(this);
    }

    /// <summary>Gives the memory back, or, if sessions or a trainer hold the weights, has the last of them do it.</summary>
    public void Dispose()
    {
        _lease.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The tensors under the checkpoint's names, to be written to a file.</summary>
    internal List<SafetensorsEntry> Entries()
    {
        var entries = new List<SafetensorsEntry>();
        foreach (CheckpointTensor tensor in Layout.Tensors) entries.Add(Layout.Entry(tensor.Name, tensor, Storage));
        return entries;
    }

    /// <summary>Copies the parameters here from where a trainer changes them, if that is elsewhere; set by who holds them exclusively.</summary>
    internal Action? BringToHost { get; set; }

    /// <summary>A session takes hold of the weights, to read them.</summary>
    /// <exception cref="InvalidOperationException">A trainer holds them.</exception>
    internal void AddReader() => _lease.AddReader();

    internal void ReleaseReader() => _lease.ReleaseReader();

    /// <summary>A trainer takes hold of the weights, to change them.</summary>
    /// <exception cref="InvalidOperationException">A session or another trainer holds them.</exception>
    internal void AcquireExclusive() => _lease.AcquireExclusive();

    internal void ReleaseExclusive() => _lease.ReleaseExclusive();

    /// <summary>Replaces all parameters by a checkpoint's; for generated <c>Load</c> methods and for whoever holds the weights exclusively.</summary>
    /// <param name="path">A safetensors file, an index of shards, or a folder with either.</param>
    /// <exception cref="CheckpointException">The checkpoint is invalid or does not fit; nothing has changed.</exception>
    /// <exception cref="FileNotFoundException">There is no checkpoint at the path.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    protected internal void LoadFrom(string path) => LoadFrom(path, HeadPolicy.Required, seed: 0);

    /// <summary>
    /// As <see cref="LoadFrom(string)"/>, of a checkpoint for another task: parameters of the head that it lacks are drawn from the seed, as
    /// <see cref="InitializeFrom"/> draws them, and tensors of other heads are passed over.
    /// </summary>
    /// <param name="path">A safetensors file, an index of shards, or a folder with either.</param>
    /// <param name="seed">What the head is drawn from.</param>
    /// <param name="mismatchedSizes">What happens where the head has another number of labels.</param>
    /// <exception cref="CheckpointException">The checkpoint is invalid or does not fit; nothing has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mismatchedSizes"/> is no defined value.</exception>
    /// <exception cref="FileNotFoundException">There is no checkpoint at the path.</exception>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    protected void LoadPretrainedFrom(string path, ulong seed, MismatchedSizes mismatchedSizes) => LoadFrom(path, PolicyOf(mismatchedSizes), seed);

    /// <summary>Draws all parameters anew; equal seeds give equal values, whatever the layout in memory.</summary>
    /// <exception cref="ObjectDisposedException">The weights are disposed.</exception>
    protected void InitializeFrom(ulong seed)
    {
        _lease.ThrowIfDisposed();
        foreach (ParameterInfo parameter in Layout.Parameters) parameter.Init.Draw(parameter, seed, Storage);
        GC.KeepAlive(this);
    }

    private static HeadPolicy PolicyOf(MismatchedSizes mismatchedSizes) => mismatchedSizes switch
    {
        MismatchedSizes.Refuse => HeadPolicy.DrawnIfAbsent,
        MismatchedSizes.DrawHead => HeadPolicy.DrawnUnlessFitting,
        _ => throw new ArgumentOutOfRangeException(nameof(mismatchedSizes), mismatchedSizes, $"MismatchedSizes is {mismatchedSizes}; it has to be a defined value."),
    };

    private void LoadFrom(string path, HeadPolicy head, ulong seed)
    {
        _lease.ThrowIfDisposed();
        using CheckpointReader checkpoint = CheckpointReader.Open(path);
        var loader = new CheckpointLoader(checkpoint, Layout, head);
        _warnings.Clear();
        _drawn.Clear();
        loader.Load(Storage, seed, _warnings.Add);
        _drawn.AddRange(loader.Drawn.Select(tensor => tensor.Name));
        GC.KeepAlive(this);
    }
}

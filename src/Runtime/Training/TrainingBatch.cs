using Transformer.Compiled.Memory;

namespace Transformer.Compiled.Training;

/// <summary>
/// The buffers of a trainer that the caller fills before <see cref="ITrainer.Forward"/>. A model has some of them (<see cref="Names"/>); to ask
/// for another throws <see cref="InvalidOperationException"/>.
/// </summary>
/// <remarks>
/// A buffer keeps what was written until it is written anew: <see cref="ITrainer.Forward"/> copies it, so that the next batch may be
/// written before <see cref="ITrainer.Backward"/>. B is the batch size, L the sequence length, S the length of sources. Spans are invalid
/// once the trainer is disposed.
/// </remarks>
public sealed class TrainingBatch
{
    private readonly NativeBuffer<float> _memory;
    private readonly BatchLayout _layout;
    private readonly nint _start;

    /// <param name="memory">The trainer's memory.</param>
    /// <param name="start">The batch's first element in it.</param>
    /// <param name="shape">The trainer's sizes.</param>
    /// <param name="layout">The buffers of these sizes.</param>
    internal TrainingBatch(NativeBuffer<float> memory, nint start, in TrainerShape shape, BatchLayout layout)
    {
        _memory = memory;
        _layout = layout;
        _start = start;
        BatchSize = shape.BatchSize;
        Kind = shape.Targets;
        Fill(layout.AttentionMask, 1);
        Fill(layout.SourceMask, 1);
        Fill(layout.Targets, Labels.Ignored);
        Floats(layout.InputScale).Fill(1);
        if (shape.PairMask != Compiled.PairMask.Additive) Floats(layout.PairMask).Fill(1);
    }

    /// <summary>Sequences, or images, of the batch.</summary>
    public int BatchSize { get; }

    /// <summary>The names of the buffers that the model has: those of properties of this class.</summary>
    public IReadOnlyList<string> Names => _layout.Names;

    /// <summary>The tokens that the model reads, [B, L]; those of the decoder where there is one. 0 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model reads no tokens.</exception>
    public Span<int> Tokens => Integers(Known(_layout.Tokens));

    /// <summary>The kind of each token, [B, L]. 0 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model has no token types.</exception>
    public Span<int> TokenTypes => Integers(Known(_layout.TokenTypes));

    /// <summary>1 for a token that others see, 0 for one that is hidden, [B, L]. 1 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model has no attention mask.</exception>
    public Span<int> AttentionMask => Integers(Known(_layout.AttentionMask));

    /// <summary>The tokens that the encoder of an encoder–decoder reads, [B, S]. 0 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model has no encoder beside its decoder.</exception>
    public Span<int> Sources => Integers(Known(_layout.Sources));

    /// <summary>1 for a source's token that is seen, 0 for one that is hidden, [B, S]. 1 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model has no encoder beside its decoder.</exception>
    public Span<int> SourceMask => Integers(Known(_layout.SourceMask));

    /// <summary>Images, [B, channels, height, width]. 0 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model reads no images.</exception>
    public Span<float> Pixels => Floats(Known(_layout.Pixels));

    /// <summary>The factor of each token's embedding, [B, L]. 1 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model is declared without <see cref="TransformerAttribute.InputMask"/>.</exception>
    public Span<float> InputScale => Floats(Known(_layout.InputScale));

    /// <summary>A number for each pair of positions, [B, L, L]: query, then key. At the start all pairs are as without it.</summary>
    /// <exception cref="InvalidOperationException">The model is declared without <see cref="TransformerAttribute.PairMask"/>.</exception>
    public Span<float> PairMask => Floats(Known(_layout.PairMask));

    /// <summary>
    /// Classes: for each token [B, L], already shifted for a language model (see <see cref="Labels.Shift"/>); for each sequence [B]; or
    /// for answers [2, B], first tokens before last ones. −100 is ignored, and is what they are at the start.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model is trained on numbers, not classes.</exception>
    public Span<int> Targets => Integers(Known(_layout.Targets));

    /// <summary>Numbers to compare with, [B, labels] or, for each token, [B · L, labels]; NaN is ignored. 0 at the start.</summary>
    /// <exception cref="InvalidOperationException">The model is trained on classes, not numbers.</exception>
    public Span<float> TargetValues => Floats(Known(_layout.TargetValues));

    /// <summary>What targets there are, and how they lie.</summary>
    internal TargetKind Kind { get; }

    internal Span<float> Floats(BatchRegion region) => _memory.Span(_start + region.Offset, region.Length);

    internal unsafe Span<int> Integers(BatchRegion region)
    {
        fixed (float* first = Floats(region)) return new Span<int>(first, region.Length);
    }

    /// <summary>The address of a buffer's first element; none where the model has no such buffer.</summary>
    internal Pointer<float> FloatPointer(BatchRegion region) => region.Length == 0 ? default : _memory.Pointer + (_start + region.Offset);

    /// <inheritdoc cref="FloatPointer"/>
    internal unsafe Pointer<int> IntegerPointer(BatchRegion region) => new((int*)FloatPointer(region).Value);

    /// <summary>All buffers of another batch of the same trainer.</summary>
    internal unsafe void CopyFrom(TrainingBatch other)
    {
        long bytes = (long)_layout.Length * sizeof(float);
        Buffer.MemoryCopy((other._memory.Pointer + other._start).Value, (_memory.Pointer + _start).Value, bytes, bytes);
    }

    private void Fill(BatchRegion region, int value) => Integers(region).Fill(value);

    private BatchRegion Known(BatchRegion region) => region.Length > 0
        ? region
        : throw new InvalidOperationException($"The model has no {region.Name}; the buffers of its batches are {string.Join(", ", Names)}.");
}

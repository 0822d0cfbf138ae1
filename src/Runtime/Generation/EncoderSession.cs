using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Generation;

/// <summary>The plumbing of a generated encoder: memory, validation and positions. The generated class says what is computed.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe partial class EncoderSession : ModelSession, IEncoder
{
    private readonly EncoderShape _shape;
    private readonly EncoderPlan _plan;
    private readonly nint _layerStride;
    private readonly Pointer<float> _layers;
    private readonly nint _capturedStride;
    private readonly Pointer<float> _captured;

    /// <summary>Takes the memory. A derived constructor ends with <see cref="ModelSession.Initialize"/>.</summary>
    /// <param name="weights">Held for reading until the encoder is disposed.</param>
    /// <param name="shape">The sizes of the generated program.</param>
    /// <param name="team">The threads to compute on; <see cref="ComputeTeam.Shared"/> when null.</param>
    protected EncoderSession(ModelWeights weights, EncoderShape shape, ComputeTeam? team)
        : this(weights, shape, new EncoderPlan(shape), team)
    {
    }

    private EncoderSession(ModelWeights weights, in EncoderShape shape, EncoderPlan plan, ComputeTeam? team)
        : base(weights, plan.Length, team)
    {
        _shape = shape;
        _plan = plan;
        _layerStride = plan.LayerStride;
        _layers = Region(plan.Layers);
        Activations = Region(plan.Activations);
        Tables = Region(plan.Tables);
        HiddenOutput = Region(plan.Hidden);
        PooledOutput = Region(plan.Pooled);
        LogitsOutput = Region(plan.Logits);
        _capturedStride = plan.CapturedStride;
        _captured = Region(plan.Captured);
        Tokens = Integers(plan.Tokens);
        Positions = Integers(plan.Positions);
        TokenTypes = Integers(plan.TokenTypes);
        AttentionMask = Integers(plan.AttentionMask);
        Pixels = Region(plan.Pixels);
        InputScale = Region(plan.InputScale);
        PairMask = Region(plan.PairMask);
        ClearScale();
        ClearPairs();
    }

    /// <inheritdoc/>
    public int Batch => _shape.Batch;

    /// <inheritdoc/>
    public int SequenceLength => _shape.SequenceLength;

    /// <inheritdoc/>
    public int VocabularySize => _shape.VocabularySize;

    /// <inheritdoc/>
    public int DModel => _shape.DModel;

    /// <inheritdoc/>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> HiddenStates => Encoded(HiddenOutput, checked(Rows * DModel));

    /// <inheritdoc/>
    public ReadOnlySpan<float> Pooled => _shape.PooledWidth > 0
        ? Encoded(PooledOutput, Batch * _shape.PooledWidth)
        : throw new InvalidOperationException("The model does not pool its states: it has no vector of a sequence.");

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits => Encoded(LogitsOutput, _shape.LogitsPer switch
    {
        LogitsPer.Token => checked(Rows * _shape.LogitColumns),
        LogitsPer.Sequence => Batch * _shape.LogitColumns,
        LogitsPer.Span => 2 * Rows,
        _ => throw new InvalidOperationException("The model has no head: there are no logits."),
    });

    /// <inheritdoc/>
    public ReadOnlySpan<float> StartLogits => SpanLogits(0);

    /// <inheritdoc/>
    public ReadOnlySpan<float> EndLogits => SpanLogits(Rows);

    /// <summary>Scratch.</summary>
    protected Pointer<float> Activations { get; }

    /// <summary>What <see cref="ModelSession.FillTables"/> has computed.</summary>
    protected Pointer<float> Tables { get; }

    /// <summary>The tokens, [Batch · n].</summary>
    protected Pointer<int> Tokens { get; }

    /// <summary>Where each of <see cref="Tokens"/> stands in its sequence.</summary>
    protected Pointer<int> Positions { get; }

    /// <summary>The kinds of <see cref="Tokens"/>.</summary>
    protected Pointer<int> TokenTypes { get; }

    /// <summary>0 for each of <see cref="Tokens"/> that is hidden, [Batch, n].</summary>
    protected Pointer<int> AttentionMask { get; }

    /// <summary>[Batch, channels, height, width].</summary>
    protected Pointer<float> Pixels { get; }

    /// <summary>The factor of each embedding, [Batch · n].</summary>
    protected Pointer<float> InputScale { get; }

    /// <summary>What is added to scores (a Boolean mask as 0 and −∞), or the factor of probabilities, [Batch, n, n].</summary>
    protected Pointer<float> PairMask { get; }

    /// <summary>Where the last layer's states go, [Batch · n, DModel].</summary>
    protected Pointer<float> HiddenOutput { get; }

    /// <summary>Where the vectors of sequences go, [Batch, PooledWidth].</summary>
    protected Pointer<float> PooledOutput { get; }

    /// <summary>Where logits go; their shape, <see cref="LogitsPer"/> says.</summary>
    protected Pointer<float> LogitsOutput { get; }

    /// <summary>The memory on the host, for a device that computes in its stead.</summary>
    private protected EncoderHost Host => new(_shape, _plan, Region(0));

    /// <summary>The tokens of the last call, [Batch · n].</summary>
    private int Rows => Batch * Length;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> attentionMask = default, ReadOnlySpan<int> tokenTypes = default)
    {
        CheckTokens(tokens, attentionMask, tokenTypes);
        int length = tokens.Length / Batch;
        CheckLengthsOfMasks(length);
        tokens.CopyTo(Inputs(Tokens, tokens.Length));
        CopyOrFill(attentionMask, Inputs(AttentionMask, tokens.Length), 1);
        CopyOrFill(tokenTypes, Inputs(TokenTypes, tokens.Length), 0);
        Run(length);
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<float> pixels)
    {
        ThrowIfDisposed();
        if (_shape.PixelFloats == 0) throw new InvalidOperationException("The model reads tokens, not images.");
        int expected = Batch * _shape.PixelFloats;
        if (pixels.Length != expected)
        {
            throw new ArgumentException(
                $"There are {pixels.Length} pixels; {Batch} images of {_shape.PixelFloats} (channels · height · width) have {expected}.", nameof(pixels));
        }

        CheckLengthsOfMasks(SequenceLength);
        pixels.CopyTo(new Span<float>(Pixels.Value, expected));
        Run(SequenceLength);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> HiddenStatesOf(int layer)
    {
        if (_shape.HiddenLayers == 0)
            throw new InvalidOperationException("The states of single layers are not kept: compile the model with [Inference(HiddenStates = true)].");
        if ((uint)layer >= (uint)_shape.HiddenLayers)
            throw new ArgumentOutOfRangeException(nameof(layer), layer, $"States are kept from 0, those of the embeddings, to layer {_shape.HiddenLayers - 1}.");
        return Encoded(LayerOutput(layer), checked(Rows * DModel));
    }

    /// <summary>From the first <paramref name="rows"/> of <see cref="Tokens"/>, [Batch, n], or from <see cref="Pixels"/>, to all outputs.</summary>
    protected abstract void EncodeLayers(int rows);

    /// <summary>Where the states after so many layers go, [Batch · n, DModel]; after 0 those of the embeddings.</summary>
    protected Pointer<float> LayerOutput(int layer) => _layers + layer * _layerStride;

    /// <summary>Where the attention weights of a layer go that are kept to be seen, [Batch, CapturedHeads, n, n].</summary>
    protected Pointer<float> AttentionOutput(int layer) => _captured + layer * _capturedStride;

    /// <summary>Called before the host reads results: on a device, they may be there only.</summary>
    private protected virtual void BringOutput(Pointer<float> output, int count)
    {
    }

    private void Run(int length)
    {
        // Padding has no place of its own in images; a failing program leaves no states behind.
        var positions = new Span<int>(Positions.Value, Batch * length);
        if (_shape.PositionPadding < 0) TokenPositions.Number(positions, length);
        else TokenPositions.NumberUnpadded(new ReadOnlySpan<int>(Tokens.Value, positions.Length), length, _shape.PositionPadding, positions);
        Length = 0;
        EncodeLayers(positions.Length);
        Length = length;
        GC.KeepAlive(this);
    }

    private ReadOnlySpan<float> SpanLogits(int start) => _shape.LogitsPer == LogitsPer.Span
        ? Encoded(LogitsOutput + start, Rows)
        : throw new InvalidOperationException("The model does not look for answers: there are no logits of their starts and ends.");

    private ReadOnlySpan<float> Encoded(Pointer<float> output, int count)
    {
        ThrowIfDisposed();
        if (Length == 0) throw new InvalidOperationException("Nothing has been encoded yet: call Encode.");
        BringOutput(output, count);
        return new ReadOnlySpan<float>(output.Value, count);
    }

    private static Span<int> Inputs(Pointer<int> inputs, int count) => new(inputs.Value, count);

    private static void CopyOrFill(ReadOnlySpan<int> source, Span<int> destination, int value)
    {
        if (source.IsEmpty) destination.Fill(value);
        else source.CopyTo(destination);
    }
}

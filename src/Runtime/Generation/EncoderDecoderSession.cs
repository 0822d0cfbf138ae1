using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Generation;

/// <summary>The plumbing of a generated session with an encoder: sources, their masks and caches, one for each row.</summary>
/// <remarks>A row's source has a number. Rows that share one have equal copies of its caches, and exchange them without copying.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class EncoderDecoderSession : DecoderSession, IEncoderDecoderSession
{
    private readonly DecoderShape _shape;
    private readonly CacheRegion[] _caches;
    private readonly Pointer<int> _sources;
    private readonly Pointer<int> _masks;
    private readonly Source[] _bySlot;
    private readonly int[] _parents;
    private readonly RowMoves _moves;
    private readonly DecoderPlan _plan;
    private long _encoded;

    /// <inheritdoc cref="DecoderSession(ModelWeights, DecoderShape, ComputeTeam?)"/>
    protected EncoderDecoderSession(ModelWeights weights, DecoderShape shape, ComputeTeam? team)
        : this(weights, shape, PlanOf(shape), team)
    {
    }

    private EncoderDecoderSession(ModelWeights weights, in DecoderShape shape, DecoderPlan plan, ComputeTeam? team)
        : base(weights, shape, plan, team)
    {
        _shape = shape;
        _caches = shape.SourceCaches!;
        _sources = Integers(plan.Sources);
        _masks = Integers(plan.SourceMasks);
        _bySlot = new Source[shape.Slots];
        _parents = new int[shape.Batch];
        _moves = new RowMoves(shape.Batch);
        _plan = plan;
        SourcePositions = Integers(plan.SourcePositions);
        TokenPositions.Number(new Span<int>(SourcePositions.Value, shape.SourceLength), shape.SourceLength);
    }

    /// <inheritdoc/>
    public int SourceVocabularySize => _shape.SourceVocabularySize;

    /// <inheritdoc/>
    public int SourceLength => _shape.SourceLength;

    /// <summary>Where a slot's state has the keys and values of its source.</summary>
    private protected ReadOnlySpan<CacheRegion> RegionsOfSources => _caches;

    /// <summary>The tokens of the source that is being encoded.</summary>
    protected Pointer<int> Sources => _sources + (nint)PointedRow * SourceLength;

    /// <summary>The position of each of <see cref="Sources"/>, from 0.</summary>
    protected Pointer<int> SourcePositions { get; }

    /// <summary>
    /// 0 for a token of a source that is hidden, or is none: [SourceLength] of the row that is being encoded or prefilled; [Batch, SourceLength]
    /// while decoding.
    /// </summary>
    protected Pointer<int> SourceMask => _masks + (nint)PointedRow * SourceLength;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<int> source, ReadOnlySpan<int> mask = default) => Encode(OnlyRow(), source, mask);

    /// <inheritdoc/>
    public void Encode(int row, ReadOnlySpan<int> source, ReadOnlySpan<int> mask = default)
    {
        CheckRow(row);
        CheckSource(source, mask);
        Reset(row);
        PointAt(row);
        _bySlot[row] = default;
        source.CopyTo(SourceTokens(row));
        Span<int> seen = MaskOf(row);
        if (mask.IsEmpty) seen[..source.Length].Fill(1);
        else mask.CopyTo(seen);
        seen[source.Length..].Clear();
        EncodeSource(source.Length);
        _bySlot[row] = new Source(++_encoded, source.Length);
        Encoded(row, source.Length);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<int> SourceOf(int row)
    {
        CheckRow(row);
        return SourceTokens(row)[.._bySlot[row].Length];
    }

    /// <summary>
    /// From the first <paramref name="rows"/> of <see cref="Sources"/> to the keys and values that the decoder's layers look at, in
    /// <see cref="DecoderSession.State"/>.
    /// </summary>
    protected abstract void EncodeSource(int rows);

    /// <summary>Where a layer's attention weights to the source go that are kept to be seen, [step's rows, CapturedHeads, SourceLength].</summary>
    protected Pointer<float> CrossAttentionOutput(int layer) => Region(_plan.CapturedCross + layer * _plan.CapturedCrossStride);

    /// <summary>Where the attention weights of an encoder's layer go that are kept to be seen, [CapturedSourceHeads, n, n].</summary>
    protected Pointer<float> SourceAttentionOutput(int layer) => Region(_plan.CapturedSource + layer * _plan.CapturedSourceStride);

    /// <summary>Called when a row has a new source.</summary>
    private protected virtual void Encoded(int row, int length)
    {
    }

    /// <summary>Called when a slot goes on with another one's source.</summary>
    private protected virtual void SourceCopied(int source, int destination)
    {
    }

    /// <summary>Copies the keys and values of a source's first <paramref name="length"/> tokens from one slot to another.</summary>
    private protected virtual void CopySourceState(int source, int destination, int length)
    {
        foreach (CacheRegion cache in _caches) cache.Copy(StateOf(source), StateOf(destination), length);
    }

    private protected sealed override void CheckReady(int row)
    {
        if (_bySlot[row].Number != 0) return;
        throw new InvalidOperationException($"Row {row} has no source yet: call Encode before Prefill or Decode.");
    }

    private protected sealed override void ReorderSources(ReadOnlySpan<int> parents)
    {
        for (int row = 0; row < parents.Length; row++)
            _parents[row] = _bySlot[parents[row]].Number == _bySlot[row].Number ? row : parents[row];
        foreach (RowMoves.Move move in _moves.Plan(_parents)) CopySource(move.Source, move.Destination);
    }

    private static DecoderPlan PlanOf(in DecoderShape shape) => shape is { Caches: not null, SourceCaches: not null }
        ? new DecoderPlan(shape)
        : throw new ArgumentException("The shape has to say where caches are: Caches and SourceCaches.", nameof(shape));

    private void CopySource(int source, int destination)
    {
        int length = _bySlot[source].Length;
        _bySlot[destination] = _bySlot[source];
        SourceCopied(source, destination);
        if (length == 0) return;
        CopySourceState(source, destination, length);
        SourceTokens(source)[..length].CopyTo(SourceTokens(destination));
        MaskOf(source).CopyTo(MaskOf(destination));
    }

    private Span<int> SourceTokens(int slot) => new((_sources + (nint)slot * SourceLength).Value, SourceLength);

    private Span<int> MaskOf(int slot) => new((_masks + (nint)slot * SourceLength).Value, SourceLength);

    private void CheckSource(ReadOnlySpan<int> source, ReadOnlySpan<int> mask)
    {
        if (source.IsEmpty || source.Length > SourceLength)
            throw new ArgumentException($"The source has {source.Length} tokens; there have to be 1 to SourceLength, which is {SourceLength}.", nameof(source));
        if (!mask.IsEmpty && mask.Length != source.Length)
            throw new ArgumentException($"The mask has {mask.Length} elements for {source.Length} tokens.", nameof(mask));
        InputChecks.Below(source, SourceVocabularySize, nameof(source));
        InputChecks.Below(mask, 2, nameof(mask));
    }

    /// <summary>Which source a slot has: its number, 0 for none, and how many tokens.</summary>
    private readonly record struct Source(long Number, int Length);
}

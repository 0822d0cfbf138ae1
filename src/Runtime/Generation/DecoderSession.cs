using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Generation;

/// <summary>
/// The plumbing of a generated session: memory, validation, chunks and positions. The generated class says what is computed.
/// </summary>
/// <remarks>
/// All memory is one native allocation, made in the constructor; decoding allocates nothing. Where there are several rows, one more that
/// is never computed stands behind them: the spare row through which <see cref="ReorderCache"/> exchanges others.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe partial class DecoderSession : ModelSession, IDecoderSession
{
    private readonly DecoderShape _shape;
    private readonly DecoderPlan _plan;
    private readonly Pointer<float> _state;
    private readonly Pointer<float> _logits;
    private readonly Pointer<int> _history;
    private readonly int[] _lengths;
    private readonly nint _capturedStride;
    private readonly Pointer<float> _captured;

    /// <summary>Takes the memory. A derived constructor ends with <see cref="ModelSession.Initialize"/>.</summary>
    /// <param name="weights">Held for reading until the session is disposed.</param>
    /// <param name="shape">The sizes of the generated programs.</param>
    /// <param name="team">The threads to compute on; <see cref="ComputeTeam.Shared"/> when null.</param>
    protected DecoderSession(ModelWeights weights, DecoderShape shape, ComputeTeam? team)
        : this(weights, shape, new DecoderPlan(shape), team)
    {
    }

    private protected DecoderSession(ModelWeights weights, in DecoderShape shape, DecoderPlan plan, ComputeTeam? team)
        : base(weights, plan.Length, team)
    {
        _shape = shape;
        _plan = plan;
        _lengths = new int[shape.Slots];
        _moves = new RowMoves(shape.Batch);
        _parents = new int[shape.Batch];
        _state = Region(plan.State);
        _logits = Region(plan.Logits);
        _history = Integers(plan.History);
        SlotStride = plan.SlotStride;
        Activations = Region(plan.Activations);
        Tables = Region(plan.Tables);
        _capturedStride = plan.CapturedStride;
        _captured = Region(plan.Captured);
        Tokens = Integers(plan.Tokens);
        Positions = Integers(plan.Positions);
        PointAt(0);
    }

    /// <inheritdoc/>
    public int VocabularySize => _shape.VocabularySize;

    /// <inheritdoc/>
    public int ContextLength => _shape.ContextLength;

    /// <inheritdoc/>
    public int Batch => _shape.Batch;

    /// <inheritdoc/>
    public int Position => PositionOf(OnlyRow());

    /// <inheritdoc/>
    public ReadOnlySpan<int> History => HistoryOf(OnlyRow());

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits
    {
        get
        {
            ThrowIfDisposed();
            if (!_lengths.AsSpan(0, Batch).ContainsAnyExcept(0)) throw NoTokensYet();
            for (int row = 0; row < Batch; row++) BringLogits(row);
            return new ReadOnlySpan<float>(_logits.Value, Batch * VocabularySize);
        }
    }

    /// <summary>Scratch of the current step.</summary>
    protected Pointer<float> Activations { get; }

    /// <summary>What <see cref="ModelSession.FillTables"/> has computed.</summary>
    protected Pointer<float> Tables { get; }

    /// <summary>The caches of the slot that is being prefilled; of slot 0 while decoding.</summary>
    protected Pointer<float> State { get; private set; }

    /// <summary>The floats between the caches of one slot and the next.</summary>
    protected nint SlotStride { get; }

    /// <summary>Where logits go: [VocabularySize] of the slot that is being prefilled; [Batch, VocabularySize] while decoding.</summary>
    protected Pointer<float> NextLogits { get; private set; }

    /// <summary>The tokens of the current step: [rows] of the chunk, or [Batch].</summary>
    protected Pointer<int> Tokens { get; }

    /// <summary>The position of each of <see cref="Tokens"/> in its slot.</summary>
    protected Pointer<int> Positions { get; }

    /// <summary>The memory on the host, for a device that computes in its stead.</summary>
    private protected DecoderHost Host => new(_shape, _plan, Region(0));

    /// <summary>Where a slot's state has the keys and values of its own tokens; none where there is one slot only.</summary>
    private protected ReadOnlySpan<CacheRegion> RegionsOfTokens => _shape.Caches;

    /// <summary>The row that <see cref="State"/> points at.</summary>
    private protected int PointedRow { get; private set; }

    /// <inheritdoc/>
    public int PositionOf(int row)
    {
        CheckRow(row);
        return _lengths[row];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> LogitsOf(int row)
    {
        CheckRow(row);
        if (_lengths[row] == 0) throw NoTokensYet();
        BringLogits(row);
        return RowLogits(row);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<int> HistoryOf(int row)
    {
        CheckRow(row);
        return RowHistory(row)[.._lengths[row]];
    }

    /// <inheritdoc/>
    public void Prefill(ReadOnlySpan<int> tokens) => Prefill(OnlyRow(), tokens);

    /// <inheritdoc/>
    public void Prefill(int row, ReadOnlySpan<int> tokens)
    {
        CheckPrompt(row, tokens);
        PointAt(row);
        int rows = 0;
        for (int start = 0; start < tokens.Length; start += rows)
        {
            rows = Math.Min(_shape.PrefillChunk, tokens.Length - start);
            PrefillChunk(row, tokens.Slice(start, rows));
        }

        LastLogits(rows - 1);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void PrefillLogits(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        int row = OnlyRow();
        CheckPrompt(row, tokens);
        if (logits.Length != (long)tokens.Length * VocabularySize)
        {
            throw new ArgumentException(
                $"{tokens.Length} tokens have {(long)tokens.Length * VocabularySize} logits; the destination has room for {logits.Length}.",
                nameof(logits));
        }

        PointAt(row);
        fixed (float* destination = logits)
        {
            int rows;
            for (int start = 0; start < tokens.Length; start += rows)
            {
                rows = Math.Min(_shape.PrefillChunk, tokens.Length - start);
                PrefillChunk(row, tokens.Slice(start, rows));
                ChunkLogits(rows, new Pointer<float>(destination) + (nint)start * VocabularySize);
            }
        }

        logits[^VocabularySize..].CopyTo(RowLogits(row));
    }

    /// <inheritdoc/>
    public void Decode(int token)
    {
        OnlyRow();
        Decode(new ReadOnlySpan<int>(in token));
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<int> tokens)
    {
        CheckStep(tokens);
        PointAt(0);
        for (int row = 0; row < tokens.Length; row++)
        {
            Tokens.Value[row] = tokens[row];
            Positions.Value[row] = _lengths[row];
            RowHistory(row)[_lengths[row]] = tokens[row];
        }

        DecodeStep();
        for (int row = 0; row < tokens.Length; row++)
        {
            _lengths[row]++;
            Appended(row, firstStepRow: row, 1);
        }
    }

    /// <inheritdoc/>
    public int Next(int token, Sampler sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        Decode(token);
        return Draw(sampler);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        ThrowIfDisposed();
        for (int row = 0; row < Batch; row++) Empty(row);
    }

    /// <inheritdoc/>
    public void Reset(int row)
    {
        CheckRow(row);
        Empty(row);
    }

    /// <summary>From the first <paramref name="rows"/> of <see cref="Tokens"/>, all of one slot, to the hidden states of all of them.</summary>
    protected abstract void PrefillLayers(int rows);

    /// <summary>The head on one hidden row of the last chunk, into <see cref="NextLogits"/>.</summary>
    protected abstract void LastLogits(int row);

    /// <summary>The head on all hidden rows of the last chunk, into [rows, VocabularySize].</summary>
    protected abstract void ChunkLogits(int rows, Pointer<float> logits);

    /// <summary>From one token for each slot to <see cref="NextLogits"/> [Batch, VocabularySize].</summary>
    protected abstract void DecodeStep();

    /// <summary>
    /// Where the attention weights of a layer go that are kept to be seen, [step's rows, CapturedHeads, ContextLength]; zeros for what a row
    /// does not see.
    /// </summary>
    protected Pointer<float> AttentionOutput(int layer) => _captured + layer * _capturedStride;

    /// <summary>Called before the host reads the logits of a slot, or writes them: on a device, they may be there only.</summary>
    private protected virtual void BringLogits(int slot)
    {
    }

    /// <summary>Draws from the logits of the only row, where they are.</summary>
    private protected virtual int Draw(Sampler sampler) => sampler.Sample(RowLogits(0), HistoryOf(0));

    /// <summary>Called when tokens have joined a row's cache: the step's rows from <paramref name="firstStepRow"/> on.</summary>
    private protected virtual void Appended(int row, int firstStepRow, int count)
    {
    }

    /// <summary>Called when a row's cache is emptied.</summary>
    private protected virtual void Emptied(int row)
    {
    }

    private void Empty(int row)
    {
        _lengths[row] = 0;
        Emptied(row);
    }

    private void PrefillChunk(int row, ReadOnlySpan<int> tokens)
    {
        int position = _lengths[row];
        tokens.CopyTo(new Span<int>(Tokens.Value, tokens.Length));
        tokens.CopyTo(RowHistory(row)[position..]);
        for (int i = 0; i < tokens.Length; i++) Positions.Value[i] = position + i;
        PrefillLayers(tokens.Length);
        _lengths[row] = position + tokens.Length;
        Appended(row, firstStepRow: 0, tokens.Length);
    }

    /// <summary>Throws where a row cannot take tokens yet.</summary>
    private protected virtual void CheckReady(int row)
    {
    }

    private protected void PointAt(int row)
    {
        PointedRow = row;
        State = StateOf(row);
        NextLogits = _logits + (nint)row * VocabularySize;
    }

    private protected Pointer<float> StateOf(int slot) => _state + slot * SlotStride;

    private protected Span<float> RowLogits(int row) => new((_logits + (nint)row * VocabularySize).Value, VocabularySize);

    private Span<int> RowHistory(int row) => new((_history + (nint)row * ContextLength).Value, ContextLength);

    private protected int OnlyRow()
    {
        ThrowIfDisposed();
        return Batch == 1 ? 0 : throw new InvalidOperationException($"The session has {Batch} rows: name the one that is meant.");
    }

    private protected void CheckRow(int row)
    {
        ThrowIfDisposed();
        if ((uint)row >= (uint)Batch)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"Row {row} is not one of the session's {Batch} rows.");
    }

    private void CheckPrompt(int row, ReadOnlySpan<int> tokens)
    {
        CheckRow(row);
        CheckReady(row);
        if (tokens.IsEmpty) throw new ArgumentException("The prompt is empty: it needs at least one token.", nameof(tokens));
        CheckVocabulary(tokens);
        CheckRoom(row, tokens.Length);
    }

    private void CheckStep(ReadOnlySpan<int> tokens)
    {
        ThrowIfDisposed();
        if (tokens.Length != Batch)
            throw new ArgumentException($"A session of {Batch} rows takes {Batch} tokens a step, not {tokens.Length}.", nameof(tokens));
        CheckVocabulary(tokens);
        for (int row = 0; row < Batch; row++)
        {
            CheckReady(row);
            CheckRoom(row, 1);
        }
    }

    private void CheckVocabulary(ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] < (uint)VocabularySize) continue;
            throw new ArgumentOutOfRangeException(
                nameof(tokens), tokens[i], $"Token {tokens[i]} at index {i} is outside the vocabulary of {VocabularySize} tokens.");
        }
    }

    private void CheckRoom(int row, int count)
    {
        int length = _lengths[row];
        if (count <= ContextLength - length) return;
        throw new InvalidOperationException(
            $"Row {row} stands at position {length}; {count} more tokens would pass the ContextLength of {ContextLength}. Reset starts anew.");
    }

    private static InvalidOperationException NoTokensYet() =>
        new("There are no logits before the first token: call Prefill or Decode.");
}

using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Generation;

/// <summary>
/// The plumbing of a generated session: memory, validation, chunks and positions. The generated class says what is computed.
/// </summary>
/// <remarks>
/// All memory is one native allocation, made in the constructor; decoding allocates nothing. Where there are several rows, one more that
/// is never computed stands behind them: the spare row through which <see cref="ReorderCache"/> exchanges others. The weights are held for
/// reading until the session is disposed; spans that it handed out are invalid from then on.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe partial class DecoderSession : IDecoderSession
{
    private readonly DecoderShape _shape;
    private readonly ModelWeights _weights;
    private readonly NativeBuffer<float> _memory;
    private readonly Pointer<float> _state;
    private readonly Pointer<float> _logits;
    private readonly Pointer<int> _history;
    private readonly int[] _lengths;
    private bool _isDisposed;

    /// <summary>Takes the memory. A derived constructor ends with <see cref="Initialize"/>.</summary>
    /// <param name="weights">Held for reading until the session is disposed.</param>
    /// <param name="shape">The sizes of the generated programs.</param>
    /// <param name="team">The threads to compute on; <see cref="ComputeTeam.Shared"/> when null.</param>
    protected DecoderSession(ModelWeights weights, DecoderShape shape, ComputeTeam? team)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int slots = shape.Batch > 1 ? shape.Batch + 1 : 1;
        int stepRows = Math.Max(shape.PrefillChunk, shape.Batch);
        nint slotStride = MemoryPlan.Aligned(shape.StateFloatsPerSlot);
        var plan = new MemoryPlan();
        nint activations = plan.Take(shape.ActivationFloats);
        nint state = plan.Take(slotStride * slots);
        nint tables = plan.Take(shape.TableFloats);
        nint logits = plan.Take((nint)slots * shape.VocabularySize);
        nint tokens = plan.Take(stepRows);
        nint positions = plan.Take(stepRows);
        nint history = plan.Take((nint)slots * shape.ContextLength);

        _shape = shape;
        _weights = weights;
        _lengths = new int[slots];
        _moves = new RowMoves(shape.Batch);
        _parents = new int[shape.Batch];
        _memory = new NativeBuffer<float>(plan.Length);
        _state = _memory.Pointer + state;
        _logits = _memory.Pointer + logits;
        _history = Integers(history);
        SlotStride = slotStride;
        Team = team ?? ComputeTeam.Shared;
        Activations = _memory.Pointer + activations;
        Tables = _memory.Pointer + tables;
        Tokens = Integers(tokens);
        Positions = Integers(positions);

        weights.AddReader();
        Weights = weights.Storage;
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
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_lengths.AsSpan(0, Batch).ContainsAnyExcept(0)) throw NoTokensYet();
            return new ReadOnlySpan<float>(_logits.Value, Batch * VocabularySize);
        }
    }

    /// <summary>The threads that kernels run on.</summary>
    protected ComputeTeam Team { get; }

    /// <summary>The parameters, as the model's layout places them.</summary>
    protected Pointer<float> Weights { get; }

    /// <summary>Scratch of the current step.</summary>
    protected Pointer<float> Activations { get; }

    /// <summary>What <see cref="FillTables"/> has computed.</summary>
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
        foreach (ref int length in _lengths.AsSpan(0, Batch)) length++;
    }

    /// <inheritdoc/>
    public int Next(int token, Sampler sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        Decode(token);
        return sampler.Sample(RowLogits(0), HistoryOf(0));
    }

    /// <inheritdoc/>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _lengths.AsSpan().Clear();
    }

    /// <inheritdoc/>
    public void Reset(int row)
    {
        CheckRow(row);
        _lengths[row] = 0;
    }

    /// <summary>Frees the memory and lets go of the weights.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _memory.Dispose();
        _weights.ReleaseReader();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the construction of a derived class.</summary>
    protected void Initialize()
    {
        try
        {
            FillTables();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Computes <see cref="Tables"/>.</summary>
    protected abstract void FillTables();

    /// <summary>From the first <paramref name="rows"/> of <see cref="Tokens"/>, all of one slot, to the hidden states of all of them.</summary>
    protected abstract void PrefillLayers(int rows);

    /// <summary>The head on one hidden row of the last chunk, into <see cref="NextLogits"/>.</summary>
    protected abstract void LastLogits(int row);

    /// <summary>The head on all hidden rows of the last chunk, into [rows, VocabularySize].</summary>
    protected abstract void ChunkLogits(int rows, Pointer<float> logits);

    /// <summary>From one token for each slot to <see cref="NextLogits"/> [Batch, VocabularySize].</summary>
    protected abstract void DecodeStep();

    private void PrefillChunk(int row, ReadOnlySpan<int> tokens)
    {
        int position = _lengths[row];
        tokens.CopyTo(new Span<int>(Tokens.Value, tokens.Length));
        tokens.CopyTo(RowHistory(row)[position..]);
        for (int i = 0; i < tokens.Length; i++) Positions.Value[i] = position + i;
        PrefillLayers(tokens.Length);
        _lengths[row] = position + tokens.Length;
    }

    private void PointAt(int row)
    {
        State = _state + row * SlotStride;
        NextLogits = _logits + (nint)row * VocabularySize;
    }

    private Pointer<int> Integers(nint offset) => new((int*)(_memory.Pointer + offset).Value);

    private Span<float> RowLogits(int row) => new((_logits + (nint)row * VocabularySize).Value, VocabularySize);

    private Span<int> RowHistory(int row) => new((_history + (nint)row * ContextLength).Value, ContextLength);

    private int OnlyRow()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Batch == 1 ? 0 : throw new InvalidOperationException($"The session has {Batch} rows: name the one that is meant.");
    }

    private void CheckRow(int row)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if ((uint)row >= (uint)Batch)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"Row {row} is not one of the session's {Batch} rows.");
    }

    private void CheckPrompt(int row, ReadOnlySpan<int> tokens)
    {
        CheckRow(row);
        if (tokens.IsEmpty) throw new ArgumentException("The prompt is empty: it needs at least one token.", nameof(tokens));
        CheckVocabulary(tokens);
        CheckRoom(row, tokens.Length);
    }

    private void CheckStep(ReadOnlySpan<int> tokens)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (tokens.Length != Batch)
            throw new ArgumentException($"A session of {Batch} rows takes {Batch} tokens a step, not {tokens.Length}.", nameof(tokens));
        CheckVocabulary(tokens);
        for (int row = 0; row < Batch; row++) CheckRoom(row, 1);
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

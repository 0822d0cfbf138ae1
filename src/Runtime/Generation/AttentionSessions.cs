using System.ComponentModel;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Tokenization;
using Transformer.Compiled.Visualization;

namespace Transformer.Compiled.Generation;

/// <summary>The base of a generated encoder whose attention can be seen.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class AttentionEncoderSession : EncoderSession
{
    private readonly EncoderShape _shape;

    /// <inheritdoc cref="EncoderSession(ModelWeights, EncoderShape, ComputeTeam?)"/>
    protected AttentionEncoderSession(ModelWeights weights, EncoderShape shape, ComputeTeam? team)
        : base(weights, shape, team) => _shape = shape;

    /// <summary>Who looked at whom in a sequence of n tokens of the last call of <c>Encode</c>, [layers, heads, n, n].</summary>
    /// <param name="row">The sequence, from 0.</param>
    /// <param name="tokenizer">Gives the texts of tokens. Default: their ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">Nothing has been encoded yet.</exception>
    public AttentionRecord AttentionOf(int row, ITokenizer? tokenizer = null)
    {
        ThrowIfDisposed();
        if ((uint)row >= (uint)Batch) throw new ArgumentOutOfRangeException(nameof(row), row, $"Row {row} is not one of the encoder's {Batch} rows.");
        if (Length == 0) throw new InvalidOperationException("Nothing has been encoded yet: call Encode.");
        string[] tokens = _shape.PixelFloats > 0
            ? CapturedSequences.Patches(Length)
            : CapturedSequences.Labels(tokenizer, new ReadOnlySpan<int>((Tokens + row * Length).Value, Length));
        AttentionRecord record = CapturedSequences.Record(_shape.CapturedLayers, _shape.CapturedHeads, row, tokens, AttentionOutput);
        GC.KeepAlive(this);
        return record;
    }
}

/// <summary>The base of a generated decoder-only session whose attention can be seen. It gathers weights as it goes, which takes memory.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AttentionDecoderSession : DecoderSession
{
    private readonly CapturedRows _rows;
    private readonly Func<int, Pointer<float>> _outputOf;

    /// <inheritdoc cref="DecoderSession(ModelWeights, DecoderShape, ComputeTeam?)"/>
    protected AttentionDecoderSession(ModelWeights weights, DecoderShape shape, ComputeTeam? team)
        : base(weights, shape, team)
    {
        _rows = new CapturedRows(AttentionKind.DecoderSelf, shape.CapturedLayers, shape.CapturedHeads, shape.ContextLength, shape.Slots);
        _outputOf = AttentionOutput;
    }

    /// <summary>How the n tokens in a row's cache looked at those before them and themselves, [layers, heads, n, n].</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="tokenizer">Gives the texts of tokens. Default: their ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The row has no token yet.</exception>
    public AttentionRecord AttentionOf(int row, ITokenizer? tokenizer = null)
    {
        string[] tokens = CapturedSequences.Labels(tokenizer, HistoryOf(row));
        return _rows.Build(row, tokens, tokens);
    }

    private protected sealed override void Appended(int row, int firstStepRow, int count) =>
        _rows.Append(row, PositionOf(row), firstStepRow, count, _outputOf);

    private protected sealed override void Emptied(int row) => _rows.Clear(row);

    private protected sealed override void Copied(int source, int destination) => _rows.Copy(source, destination);
}

/// <summary>The base of a generated encoder–decoder session whose attention can be seen. It gathers weights as it goes, which takes memory.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AttentionEncoderDecoderSession : EncoderDecoderSession
{
    private readonly DecoderShape _shape;
    private readonly CapturedRows _rows;
    private readonly CapturedRows _crossRows;
    private readonly AttentionRecord?[] _sources;
    private readonly Func<int, Pointer<float>> _outputOf;
    private readonly Func<int, Pointer<float>> _crossOutputOf;

    /// <inheritdoc cref="EncoderDecoderSession(ModelWeights, DecoderShape, ComputeTeam?)"/>
    protected AttentionEncoderDecoderSession(ModelWeights weights, DecoderShape shape, ComputeTeam? team)
        : base(weights, shape, team)
    {
        _shape = shape;
        _rows = new CapturedRows(AttentionKind.DecoderSelf, shape.CapturedLayers, shape.CapturedHeads, shape.ContextLength, shape.Slots);
        _crossRows = new CapturedRows(AttentionKind.Cross, shape.CapturedLayers, shape.CapturedHeads, shape.SourceLength, shape.Slots);
        _sources = new AttentionRecord?[shape.Slots];
        _outputOf = AttentionOutput;
        _crossOutputOf = CrossAttentionOutput;
    }

    /// <inheritdoc cref="AttentionDecoderSession.AttentionOf"/>
    public AttentionRecord AttentionOf(int row, ITokenizer? tokenizer = null)
    {
        string[] tokens = CapturedSequences.Labels(tokenizer, HistoryOf(row));
        return _rows.Build(row, tokens, tokens);
    }

    /// <summary>How the n tokens in a row's cache looked at the s tokens of its source, [layers, heads, n, s].</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="tokenizer">Gives the texts of the target's tokens. Default: their ids.</param>
    /// <param name="sourceTokenizer">Gives the texts of the source's tokens. Default: <paramref name="tokenizer"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The row has no token yet.</exception>
    public AttentionRecord CrossAttentionOf(int row, ITokenizer? tokenizer = null, ITokenizer? sourceTokenizer = null) => _crossRows.Build(
        row, CapturedSequences.Labels(tokenizer, HistoryOf(row)), CapturedSequences.Labels(sourceTokenizer ?? tokenizer, SourceOf(row)));

    /// <summary>How the s tokens of a row's source looked at each other, [layers, heads, s, s].</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="sourceTokenizer">Gives the texts of tokens. Default: their ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The row has no source yet.</exception>
    public AttentionRecord SourceAttentionOf(int row, ITokenizer? sourceTokenizer = null)
    {
        string[] tokens = CapturedSequences.Labels(sourceTokenizer, SourceOf(row));
        AttentionRecord? record = tokens.Length == 0 ? null : _sources[row];
        return record?.WithTokens(tokens, tokens) ?? throw new InvalidOperationException($"Row {row} has no source yet: call Encode.");
    }

    private protected sealed override void Appended(int row, int firstStepRow, int count)
    {
        _rows.Append(row, PositionOf(row), firstStepRow, count, _outputOf);
        _crossRows.Append(row, SourceOf(row).Length, firstStepRow, count, _crossOutputOf);
    }

    private protected sealed override void Emptied(int row)
    {
        _rows.Clear(row);
        _crossRows.Clear(row);
    }

    private protected sealed override void Copied(int source, int destination)
    {
        _rows.Copy(source, destination);
        _crossRows.Copy(source, destination);
    }

    private protected sealed override void Encoded(int row, int length) => _sources[row] = CapturedSequences.Record(
        _shape.CapturedSourceLayers, _shape.CapturedSourceHeads, 0, TokenLabels.Of(SourceOf(row)), SourceAttentionOutput);

    private protected sealed override void SourceCopied(int source, int destination) => _sources[destination] = _sources[source];
}

using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Generation;

/// <summary>
/// A model that counts: the token that follows the last one of its row has logit 1, the one after it 0.5, all others 0. It writes tokens
/// into its state at their positions, and records what it is asked for.
/// </summary>
internal sealed unsafe class RecordingSession : DecoderSession
{
    private readonly bool _records;

    public RecordingSession(ModelWeights weights, DecoderShape shape)
        : this(weights, shape, records: true)
    {
    }

    private RecordingSession(ModelWeights weights, DecoderShape shape, bool records)
        : base(weights, shape, team: null)
    {
        _records = records;
        Initialize();
    }

    public List<string> Calls { get; } = [];

    public int TablesFilled { get; private set; }

    /// <summary>What throws in the middle of a prefill, if anything does.</summary>
    public Exception? Failure { get; set; }

    public static RecordingSession WithoutRecord(ModelWeights weights, DecoderShape shape) => new(weights, shape, records: false);

    /// <summary>The first floats of a row's state; to be called when the last step was a decode.</summary>
    public ReadOnlySpan<float> StateOf(int row, int length)
    {
        Pointer<float> first = State;
        return new ReadOnlySpan<float>((first + row * SlotStride).Value, length);
    }

    protected override void FillTables()
    {
        TablesFilled++;
        Tables.Value[0] = 1;
    }

    protected override void PrefillLayers(int rows)
    {
        if (Failure != null) throw Failure;
        for (int i = 0; i < rows; i++) State.Value[Positions.Value[i]] = Tokens.Value[i];
        if (_records) Calls.Add($"layers {Describe(rows)}");
    }

    protected override void LastLogits(int row)
    {
        Count(Tokens.Value[row], NextLogits);
        if (_records) Calls.Add($"last {row}");
    }

    protected override void ChunkLogits(int rows, Pointer<float> logits)
    {
        for (int i = 0; i < rows; i++) Count(Tokens.Value[i], logits + i * VocabularySize);
        if (_records) Calls.Add($"chunk {rows}");
    }

    protected override void DecodeStep()
    {
        for (int row = 0; row < Batch; row++)
        {
            (State + row * SlotStride).Value[Positions.Value[row]] = Tokens.Value[row];
            Count(Tokens.Value[row], NextLogits + row * VocabularySize);
        }

        if (_records) Calls.Add($"decode {Describe(Batch)}");
    }

    private void Count(int token, Pointer<float> logits)
    {
        new Span<float>(logits.Value, VocabularySize).Clear();
        logits.Value[(token + 2) % VocabularySize] = 0.5f;
        logits.Value[(token + 1) % VocabularySize] = 1;
    }

    private string Describe(int rows)
    {
        var parts = new string[rows];
        for (int i = 0; i < rows; i++) parts[i] = $"{Tokens.Value[i]}@{Positions.Value[i]}";
        return string.Join(' ', parts);
    }
}

using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Generation;

/// <summary>
/// A model whose logits are an arbitrary but fixed function of all tokens so far, which it reads from its state: a table too large to be
/// written down. Whatever goes wrong with a row's cache changes its logits.
/// </summary>
internal sealed unsafe class TableSession : DecoderSession
{
    private readonly uint _seed;

    public TableSession(ModelWeights weights, int vocabulary, int context, int batch, uint seed = 1)
        : base(weights, new DecoderShape(vocabulary, context, batch, 4, 1, context, 1), team: null)
    {
        _seed = seed;
        Initialize();
    }

    /// <summary>The logit of each token after those of the history, between −2 and 2.</summary>
    public static void LogitsAfter(uint seed, ReadOnlySpan<float> history, Span<float> logits)
    {
        uint hash = seed * 2654435761;
        foreach (float token in history) hash = Mixed(hash ^ ((uint)token + 1));
        for (int i = 0; i < logits.Length; i++) logits[i] = (Mixed(hash + (uint)i * 40503) % 4001 - 2000f) / 1000;
    }

    protected override void FillTables()
    {
    }

    protected override void PrefillLayers(int rows)
    {
        for (int i = 0; i < rows; i++) State.Value[Positions.Value[i]] = Tokens.Value[i];
    }

    protected override void LastLogits(int row) => Write(State, Positions.Value[row], NextLogits);

    protected override void ChunkLogits(int rows, Pointer<float> logits)
    {
        for (int i = 0; i < rows; i++) Write(State, Positions.Value[i], logits + i * VocabularySize);
    }

    protected override void DecodeStep()
    {
        for (int row = 0; row < Batch; row++)
        {
            Pointer<float> state = State + row * SlotStride;
            state.Value[Positions.Value[row]] = Tokens.Value[row];
            Write(state, Positions.Value[row], NextLogits + row * VocabularySize);
        }
    }

    private void Write(Pointer<float> state, int position, Pointer<float> logits) =>
        LogitsAfter(_seed, new ReadOnlySpan<float>(state.Value, position + 1), new Span<float>(logits.Value, VocabularySize));

    private static uint Mixed(uint value)
    {
        value = (value ^ (value >> 16)) * 0x7feb352d;
        value = (value ^ (value >> 15)) * 0x846ca68b;
        return value ^ (value >> 16);
    }
}

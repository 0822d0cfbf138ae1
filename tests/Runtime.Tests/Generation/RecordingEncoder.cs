using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Generation;

/// <summary>
/// An encoder of any shape that copies what it reads to where its results go: the state of a token is its row number, the token, its position,
/// type and mask; pooled vectors and logits count from 0 on.
/// </summary>
internal sealed unsafe class RecordingEncoder : EncoderSession
{
    public const int Width = 5;

    private readonly EncoderShape _shape;

    public RecordingEncoder(ModelWeights weights, EncoderShape shape)
        : base(weights, shape, team: null)
    {
        _shape = shape;
        Initialize();
    }

    public int Passes { get; private set; }

    public Exception? Failure { get; set; }

    public float[] SeenScale(int count) => new Span<float>(InputScale.Value, count).ToArray();

    public float[] SeenPairs(int count) => new Span<float>(PairMask.Value, count).ToArray();

    public float[] SeenPixels => new Span<float>(Pixels.Value, Batch * _shape.PixelFloats).ToArray();

    protected override void FillTables() => Tables.Value[0] = 1;

    protected override void EncodeLayers(int rows)
    {
        Passes++;
        if (Failure is not null) throw Failure;
        for (int row = 0; row < rows; row++)
        {
            float* state = HiddenOutput.Value + row * Width;
            state[0] = row;
            state[1] = Tokens.Value[row];
            state[2] = Positions.Value[row];
            state[3] = TokenTypes.Value[row];
            state[4] = AttentionMask.Value[row];
        }

        for (int layer = 0; layer < _shape.HiddenLayers; layer++) new Span<float>(LayerOutput(layer).Value, rows * Width).Fill(layer);
        Count(PooledOutput, Batch * _shape.PooledWidth);
        Count(LogitsOutput, _shape.LogitsPer switch
        {
            LogitsPer.Token => rows * _shape.LogitColumns,
            LogitsPer.Sequence => Batch * _shape.LogitColumns,
            LogitsPer.Span => 2 * rows,
            _ => 0,
        });
    }

    private static void Count(Pointer<float> output, int count)
    {
        for (int i = 0; i < count; i++) output.Value[i] = i;
    }
}

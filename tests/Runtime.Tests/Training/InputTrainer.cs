using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Memory;
using Transformer.Compiled.Training;

namespace Runtime.Tests.Training;

/// <summary>A trainer of any shape that learns nothing: it shows what its passes would read. Its loss is the number of the pass.</summary>
internal sealed unsafe class InputTrainer(ModelWeights weights, TrainerShape shape) : ModelTrainer(weights, new AdamW(), shape, null)
{
    private readonly TrainerShape _shape = shape;
    private int _passes;

    public int[] SeenTokens => Read(Tokens, Rows);

    public int[] SeenPositions => Read(Positions, Rows);

    public int[] SeenTokenTypes => Read(TokenTypes, Rows);

    public int[] SeenAttentionMask => Read(AttentionMask, Rows);

    public int[] SeenSources => Read(Sources, SourceRows);

    public int[] SeenSourcePositions => Read(SourcePositions, SourceRows);

    public int[] SeenSourceMask => Read(SourceMask, SourceRows);

    public float[] SeenPixels => Read(Pixels, BatchSize * _shape.PixelFloats);

    public float[] SeenInputScale => Read(InputScale, Rows);

    public float[] SeenPairMask => Read(PairMask, Rows * _shape.SequenceLength);

    public int[] SeenTargets(int count) => Read(Targets, count);

    public float[] SeenTargetValues(int count) => Read(TargetValues, count);

    private int Rows => BatchSize * _shape.SequenceLength;

    private int SourceRows => BatchSize * _shape.SourceLength;

    protected override void FillTables()
    {
    }

    protected override float ForwardPass() => ++_passes;

    protected override void BackwardPass()
    {
    }

    private static int[] Read(Pointer<int> pointer, int count) => new Span<int>(pointer.Value, count).ToArray();

    private static float[] Read(Pointer<float> pointer, int count) => new Span<float>(pointer.Value, count).ToArray();
}

using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generation;
using Transformer.Compiled.Kernels;
using Transformer.Compiled.Memory;

namespace Runtime.Tests.Generation;

/// <summary>How much one token looks at another, in models that have nothing but attention.</summary>
internal static class VisibleWeights
{
    public const int Layers = 2, Heads = 3;

    public static float Of(int layer, int head, int query, int key) => layer * 1000 + head * 100 + query * 10 + key;

    /// <summary>The weights of one query after the tokens before it, [Heads, room].</summary>
    public static unsafe void Write(int layer, int query, ReadOnlySpan<int> keys, Pointer<float> output, int room)
    {
        for (int head = 0; head < Heads; head++)
        {
            var row = new Span<float>((output + head * room).Value, room);
            row.Clear();
            for (int key = 0; key < keys.Length; key++) row[key] = Of(layer, head, query, keys[key]);
        }
    }
}

internal sealed unsafe class VisibleEncoder : AttentionEncoderSession
{
    public VisibleEncoder(ModelWeights weights, EncoderShape shape)
        : base(weights, shape with { CapturedLayers = VisibleWeights.Layers, CapturedHeads = VisibleWeights.Heads }, team: null) => Initialize();

    protected override void FillTables()
    {
    }

    protected override void EncodeLayers(int rows)
    {
        int n = rows / Batch;
        for (int layer = 0; layer < VisibleWeights.Layers; layer++)
        {
            for (int element = 0; element < Batch * VisibleWeights.Heads * n * n; element++)
            {
                (int row, int key) = Math.DivRem(element, n);
                (int head, int query) = Math.DivRem(row, n);
                (int sequence, head) = Math.DivRem(head, VisibleWeights.Heads);
                AttentionOutput(layer).Value[element] =
                    VisibleWeights.Of(layer, head, Tokens.Value[sequence * n + query], Tokens.Value[sequence * n + key]);
            }
        }
    }
}

internal sealed class VisibleDecoder : AttentionDecoderSession
{
    public VisibleDecoder(ModelWeights weights, int context, int batch)
        : base(weights, new DecoderShape(10, context, batch, 4, 1, 1, 1) { CapturedLayers = VisibleWeights.Layers, CapturedHeads = VisibleWeights.Heads }, team: null) =>
        Initialize();

    protected override void FillTables()
    {
    }

    protected override void PrefillLayers(int rows)
    {
        for (int row = 0; row < rows; row++) Look(row, PointedRow, row);
    }

    protected override void LastLogits(int row)
    {
    }

    protected override void ChunkLogits(int rows, Pointer<float> logits)
    {
    }

    protected override void DecodeStep()
    {
        for (int row = 0; row < Batch; row++) Look(row, row, 0);
    }

    private unsafe void Look(int stepRow, int row, int before)
    {
        int first = stepRow - before;
        int[] keys = [.. HistoryOf(row), .. new ReadOnlySpan<int>((Tokens + first).Value, before + 1)];
        for (int layer = 0; layer < VisibleWeights.Layers; layer++)
            VisibleWeights.Write(layer, keys[^1], keys, AttentionOutput(layer) + stepRow * VisibleWeights.Heads * ContextLength, ContextLength);
    }
}

internal sealed class VisibleTranslator : AttentionEncoderDecoderSession
{
    public const int SourceHeads = 2, SourceLayers = 1;

    public VisibleTranslator(ModelWeights weights, int context, int sourceLength, int batch)
        : base(weights, ShapeOf(context, sourceLength, batch), team: null) => Initialize();

    protected override void FillTables()
    {
    }

    protected override unsafe void EncodeSource(int rows)
    {
        for (int element = 0; element < SourceHeads * rows * rows; element++)
        {
            (int row, int key) = Math.DivRem(element, rows);
            (int head, int query) = Math.DivRem(row, rows);
            SourceAttentionOutput(0).Value[element] = VisibleWeights.Of(0, head, Sources.Value[query], Sources.Value[key]);
        }
    }

    protected override void PrefillLayers(int rows)
    {
        for (int row = 0; row < rows; row++) Look(row, PointedRow, row);
    }

    protected override void LastLogits(int row)
    {
    }

    protected override void ChunkLogits(int rows, Pointer<float> logits)
    {
    }

    protected override void DecodeStep()
    {
        for (int row = 0; row < Batch; row++) Look(row, row, 0);
    }

    private unsafe void Look(int stepRow, int row, int before)
    {
        int[] keys = [.. HistoryOf(row), .. new ReadOnlySpan<int>((Tokens + (stepRow - before)).Value, before + 1)];
        for (int layer = 0; layer < VisibleWeights.Layers; layer++)
        {
            VisibleWeights.Write(layer, keys[^1], keys, AttentionOutput(layer) + stepRow * VisibleWeights.Heads * ContextLength, ContextLength);
            VisibleWeights.Write(layer, keys[^1], SourceOf(row), CrossAttentionOutput(layer) + stepRow * VisibleWeights.Heads * SourceLength, SourceLength);
        }
    }

    private static DecoderShape ShapeOf(int context, int sourceLength, int batch) => new(10, context, batch, 4, 1, 1, 1)
    {
        Caches = Array.Empty<CacheRegion>(),
        SourceCaches = Array.Empty<CacheRegion>(),
        SourceLength = sourceLength,
        SourceVocabularySize = 10,
        CapturedLayers = VisibleWeights.Layers,
        CapturedHeads = VisibleWeights.Heads,
        CapturedSourceLayers = SourceLayers,
        CapturedSourceHeads = SourceHeads,
    };
}

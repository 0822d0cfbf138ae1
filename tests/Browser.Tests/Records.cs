using Transformer.Compiled.Visualization;

namespace Browser.Tests;

/// <summary>Records with weights that a test can tell apart.</summary>
internal static class Records
{
    /// <summary>Cross-attention of 2 layers and 3 heads over 4 target and 6 source tokens, among them markup and characters that break scripts.</summary>
    public static AttentionRecord Cross()
    {
        string[] target = ["四", "<b>\"bold\"</b>", "'; alert(1); '", "\u2028\ud800"];
        string[] source = ["<script>alert(document.title)</script>", "</script><img src=x onerror=alert(2)>", " two", "&amp;", "", "\n"];
        return new AttentionRecord(AttentionKind.Cross, 2, 3, target, source, Softmax(2 * 3 * 4, _ => 6, 6));
    }

    /// <summary>Causal self-attention of one text.</summary>
    public static AttentionRecord Causal(int layers, int heads, int length)
    {
        string[] tokens = [.. Enumerable.Range(0, length).Select(i => $"token{i}")];
        return new AttentionRecord(AttentionKind.DecoderSelf, layers, heads, tokens, tokens, Softmax(layers * heads * length, row => (row % length) + 1, length));
    }

    /// <summary>Where the largest weight of a head is.</summary>
    public static (int Row, int Column) Largest(AttentionRecord record, int layer, int head)
    {
        ReadOnlySpan<float> weights = record.Head(layer, head);
        int index = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(weights);
        return (index / record.Columns, index % record.Columns);
    }

    /// <summary>The number at the end of what a page shows.</summary>
    public static double Value(string shown) => double.Parse(shown[(shown.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static float[] Softmax(int rows, Func<int, int> visible, int columns)
    {
        var random = new Random(1);
        var weights = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            Span<float> of = weights.AsSpan(row * columns, visible(row));
            float sum = 0;
            foreach (ref float weight in of) sum += weight = MathF.Exp(4 * random.NextSingle());
            foreach (ref float weight in of) weight /= sum;
        }
        return weights;
    }
}

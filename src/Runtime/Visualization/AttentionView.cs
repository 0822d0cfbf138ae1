namespace Transformer.Compiled.Visualization;

/// <summary>Shows visible attention: as a page to explore, and as pictures for reports.</summary>
public static class AttentionView
{
    /// <summary>
    /// Writes one page of HTML that needs nothing else, no network either: heat maps with the tokens along both axes, selectors of record,
    /// layer and head (or the mean of heads), and the value under the pointer. The file is replaced whole or not at all.
    /// </summary>
    /// <remarks>About 2.7 bytes per weight: weights are stored as half floats, of which the page shows four decimals.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="records">What to show, at least one; each has an entry in the page's first selector.</param>
    /// <exception cref="ArgumentException">There is no record.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteHtml(string path, params AttentionRecord[] records)
    {
        ArgumentNullException.ThrowIfNull(path);
        List<MatrixGroup> groups = GroupsOf(records);
        PageFile.Write(path, stream => MatrixPage.Write(stream, "Attention", groups));
    }

    /// <inheritdoc cref="WriteHtml(string, AttentionRecord[])"/>
    public static void WriteHtml(string path, IReadOnlyList<AttentionRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        WriteHtml(path, (AttentionRecord[])[.. records]);
    }

    /// <summary>As <see cref="WriteHtml(string, AttentionRecord[])"/>, to a stream, which stays open. Equal records give equal bytes.</summary>
    /// <exception cref="ArgumentException">There is no record.</exception>
    public static void WriteHtml(Stream stream, params AttentionRecord[] records)
    {
        ArgumentNullException.ThrowIfNull(stream);
        MatrixPage.Write(stream, "Attention", GroupsOf(records));
    }

    /// <summary>
    /// Writes a heat map of one head as PNG, for reports: tokens along both axes and a bar of colours. Letters are ASCII; other characters are
    /// boxes, and a token without any ASCII is its number, "#12". The file is replaced whole or not at all.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="record">The attention.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or head.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WritePng(string path, AttentionRecord record, int layer, int head)
    {
        ArgumentNullException.ThrowIfNull(path);
        Picture picture = PictureOf(record, layer, head);
        PageFile.Write(path, picture.WritePng);
    }

    /// <summary>As <see cref="WritePng(string, AttentionRecord, int, int)"/>, of the mean of a layer's heads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WritePng(string path, AttentionRecord record, int layer)
    {
        ArgumentNullException.ThrowIfNull(path);
        Picture picture = PictureOf(record, layer);
        PageFile.Write(path, picture.WritePng);
    }

    /// <summary>As <see cref="WritePng(string, AttentionRecord, int, int)"/>, to a stream, which stays open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or head.</exception>
    public static void WritePng(Stream stream, AttentionRecord record, int layer, int head)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PictureOf(record, layer, head).WritePng(stream);
    }

    /// <summary>As <see cref="WritePng(string, AttentionRecord, int)"/>, to a stream, which stays open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public static void WritePng(Stream stream, AttentionRecord record, int layer)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PictureOf(record, layer).WritePng(stream);
    }

    private static Picture PictureOf(AttentionRecord record, int layer, int head)
    {
        ArgumentNullException.ThrowIfNull(record);
        return PictureOf(record, record.Head(layer, head), $"layer {layer}, head {head}");
    }

    private static Picture PictureOf(AttentionRecord record, int layer)
    {
        ArgumentNullException.ThrowIfNull(record);
        return PictureOf(record, record.Average(layer), $"layer {layer}, average of {record.Heads} heads");
    }

    private static Picture PictureOf(AttentionRecord record, ReadOnlySpan<float> weights, string which) =>
        HeatMapPicture.Draw(GroupOf(record, NameOf(record.Kind)), weights, $"{NameOf(record.Kind)}, {which}");

    private static List<MatrixGroup> GroupsOf(AttentionRecord[] records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.Length == 0) throw new ArgumentException("There is no record to show.", nameof(records));
        var groups = new List<MatrixGroup>();
        for (int i = 0; i < records.Length; i++)
        {
            AttentionRecord record = records[i] ?? throw new ArgumentException($"Record {i} is null.", nameof(records));
            int ofKind = 0, before = 0;
            for (int other = 0; other < records.Length; other++)
            {
                if (records[other]?.Kind != record.Kind) continue;
                ofKind++;
                if (other < i) before++;
            }
            groups.Add(GroupOf(record, ofKind > 1 ? $"{NameOf(record.Kind)} {before + 1}" : NameOf(record.Kind)));
        }
        return groups;
    }

    private static MatrixGroup GroupOf(AttentionRecord record, string label) => new()
    {
        Label = label,
        RowTitle = record.Kind == AttentionKind.Cross ? "target (queries)" : "queries",
        ColumnTitle = record.Kind == AttentionKind.Cross ? "source (keys)" : "keys",
        RowName = record.Kind == AttentionKind.Cross ? "target" : "query",
        ColumnName = record.Kind == AttentionKind.Cross ? "source" : "key",
        RowLabels = record.QueryTokens,
        ColumnLabels = record.KeyTokens,
        Layers = record.Layers,
        Heads = record.Heads,
        Range = MatrixRange.Positive,
        Values = record.Head,
    };

    private static string NameOf(AttentionKind kind) => kind switch
    {
        AttentionKind.EncoderSelf => "Encoder self-attention",
        AttentionKind.DecoderSelf => "Decoder self-attention",
        _ => "Cross-attention",
    };
}

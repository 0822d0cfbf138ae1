using System.Text;
using System.Text.Json;
using Runtime.Tests.Checkpoints;
using Transformer.Compiled.Visualization;

namespace Runtime.Tests.Visualization;

public sealed class AttentionPageTests
{
    /// <summary>Texts that end scripts, begin markup, or are no Unicode.</summary>
    private static readonly string[] Hostile =
        ["<script>alert(1)</script>", "</script>", "<!--", "\"'`\\", "\u2028\u2029", "\ud800", "\udc00\ud800", "😀", "&lt;", "\0\u001b", "一"];

    [Fact]
    public void EqualRecordsGiveEqualPages()
    {
        Assert.Equal(PageOf(Record(Hostile)), PageOf(Record(Hostile)));
        Assert.NotEqual(PageOf(Record(Hostile)), PageOf(Record([.. Hostile[1..], "other"])));
    }

    [Fact]
    public void PagesAreAscii() => Assert.All(PageOf(Record(Hostile)), value => Assert.InRange(value, (byte)'\n', (byte)'~'));

    [Fact]
    public void TextsComeBackAsTheyWere()
    {
        string page = Encoding.ASCII.GetString(PageOf(Record(Hostile)));
        string json = Between(page, "id=\"groups\">", "</script>");
        Assert.DoesNotContain('<', json);
        JsonElement rows = JsonDocument.Parse(json).RootElement[0].GetProperty("rows");
        Assert.Equal(Hostile.Where(text => !HasLoneSurrogate(text)), rows.EnumerateArray().Select(Text).OfType<string>());
        Assert.Contains("\"\\ud800\"", json, StringComparison.Ordinal);
        Assert.Contains("\"\\udc00\\ud800\"", json, StringComparison.Ordinal);
    }

    /// <summary>Weights of all sizes, more than fit into one chunk of base64, with an error of half a unit of 11 bits.</summary>
    [Fact]
    public void WeightsAreHalfFloats()
    {
        const int length = 211;
        string[] tokens = TokenLabels.Of(Enumerable.Range(0, length).ToArray());
        var random = new Random(3);
        float[] weights = Array.ConvertAll(new float[2 * length * length], _ => MathF.Pow(10, -6 * random.NextSingle()));
        weights[5] = 1e6f;
        var record = new AttentionRecord(AttentionKind.EncoderSelf, 1, 2, tokens, tokens, weights);
        byte[] bytes = Convert.FromBase64String(Between(Encoding.ASCII.GetString(PageOf(record)), "id=\"values-0-0\">", "</script>"));
        Assert.Equal(2 * weights.Length, bytes.Length);
        for (int i = 0; i < weights.Length; i++)
        {
            float expected = Math.Min(weights[i], 65504);
            Assert.Equal(expected, (float)BitConverter.ToHalf(bytes, 2 * i), (expected / 2048) + 6e-8f);
        }
    }

    [Fact]
    public void TheSelectorTellsRecordsApart()
    {
        var cross = new AttentionRecord(AttentionKind.Cross, 1, 1, ["q"], ["k"], [1]);
        string page = Encoding.ASCII.GetString(PageOf(cross, Record(Hostile), cross));
        foreach (string label in (string[])["Cross-attention 1", "Encoder self-attention", "Cross-attention 2"])
            Assert.Contains($"\"label\":\"{label}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void APageNeedsARecord()
    {
        Assert.Throws<ArgumentException>(() => PageOf());
        Assert.Contains("Record 1 is null.", Assert.Throws<ArgumentException>(() => PageOf(Record(Hostile), null!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FilesAreReplacedAsAWhole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("attention.html");
        File.WriteAllText(path, "before");
        AttentionView.WriteHtml(path, Record(Hostile));
        Assert.Equal(PageOf(Record(Hostile)), File.ReadAllBytes(path));
        Assert.Equal(["attention.html"], folder.FileNames());
    }

    private static AttentionRecord Record(string[] tokens)
    {
        var weights = new float[tokens.Length * tokens.Length];
        Array.Fill(weights, 1f / tokens.Length);
        return new AttentionRecord(AttentionKind.EncoderSelf, 1, 1, tokens, tokens, weights);
    }

    private static byte[] PageOf(params AttentionRecord[] records)
    {
        using var stream = new MemoryStream();
        AttentionView.WriteHtml(stream, records);
        return stream.ToArray();
    }

    private static bool HasLoneSurrogate(string text) => text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD);

    /// <summary>The string of an element, or null where it is no Unicode, which .NET's parser refuses.</summary>
    private static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}

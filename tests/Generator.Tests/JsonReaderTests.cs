using System.Text;
using System.Text.Json;
using Transformer.Compiled.Generator.Declarations.Json;
using JsonException = System.Text.Json.JsonException;
using JsonReader = Transformer.Compiled.Generator.Declarations.Json.JsonReader;
using ReaderException = Transformer.Compiled.Generator.Declarations.Json.JsonException;

namespace Generator.Tests;

/// <summary>The generator's reader against System.Text.Json's.</summary>
public sealed class JsonReaderTests
{
    private static readonly string[] _tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"\"", "\"a\"", "\"b\"", "\"\\u0061\"", "\"\\n\"", "\"\\x\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"é€\"", "\"",
        "0", "-0", "01", "1", "-", "1.5", "1.", ".5", "1e5", "1E+5", "1e", "-1.25e-7", "123456789012345678901234567890", "+1", "NaN",
        "true", "false", "null", "tru", "True", " ", "\n", "\r\n", "\t", "\u00a0", "\0", "\\", "//x\n", "/*x*/",
    ];

    [Fact]
    public void AgreesOnSoupOfTokens()
    {
        var random = new Random(20240607);
        int accepted = 0;
        for (int run = 0; run < 60_000; run++)
        {
            var text = new StringBuilder();
            for (int count = random.Next(1, 9); count > 0; count--) text.Append(_tokens[random.Next(_tokens.Length)]);
            if (AssertAgrees(text.ToString())) accepted++;
        }

        Assert.InRange(accepted, 500, 60_000);
    }

    [Fact]
    public void AgreesOnMutatedDocuments()
    {
        var random = new Random(20240608);
        int accepted = 0;
        for (int run = 0; run < 20_000; run++)
        {
            var text = new StringBuilder(RandomValue(random, depth: 4));
            for (int mutations = random.Next(3); mutations > 0; mutations--) Mutate(text, random);
            if (AssertAgrees(text.ToString())) accepted++;
        }

        Assert.InRange(accepted, 5_000, 20_000);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void DepthIsLimited(int depth, bool isAccepted)
        => Assert.Equal(isAccepted, AssertAgrees(new string('[', depth) + new string(']', depth)));

    [Theory]
    [InlineData("{\"a\": 01}", 7)]
    [InlineData("{\"a\": 1, \"\\u0061\": 2}", 9)]
    [InlineData("[1, 2", 5)]
    [InlineData("[1 2]", 3)]
    [InlineData("\"\\q\"", 2)]
    public void FailureHasItsOffset(string text, int offset)
        => Assert.Equal(offset, Assert.Throws<ReaderException>(() => JsonReader.Read(text)).Offset);

    [Fact]
    public void ValuesKnowTheirPlace()
    {
        const string Text = " { \"a\" : [ 1.50, \"x\\n\" ] } ";
        var root = (JsonObject)JsonReader.Read(Text);
        JsonMember member = Assert.Single(root.Members);
        var array = (JsonArray)member.Value;
        Assert.Equal("{ \"a\" : [ 1.50, \"x\\n\" ] }", Text[root.Start..root.End]);
        Assert.Equal("\"a\"", Text[member.Name.Start..member.Name.End]);
        Assert.Equal("[ 1.50, \"x\\n\" ]", Text[array.Start..array.End]);
        Assert.Equal("1.50", ((JsonNumber)array.Items[0]).Text);
        Assert.Equal("\"x\\n\"", Text[array.Items[1].Start..array.Items[1].End]);
    }

    /// <summary>Whether both accept the text; fails where only one does, or where they read different values.</summary>
    private static bool AssertAgrees(string text)
    {
        JsonValue? ours = null;
        try
        {
            ours = JsonReader.Read(text);
        }
        catch (ReaderException exception)
        {
            Assert.InRange(exception.Offset, 0, text.Length);
        }

        string? theirs = Reference(text);
        Assert.True(theirs == (ours is null ? null : Render(ours)), $"The readers differ on: {text}");
        return ours is not null;
    }

    private static string? Reference(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Render(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, which System.Text.Json finds only when the string is asked for.
            return null;
        }
    }

    private static string Render(JsonValue value) => value switch
    {
        JsonObject json => "{" + string.Join(",", json.Members.Select(member => $"<{member.Name.Text}>{Render(member.Value)}")) + "}",
        JsonArray json => "[" + string.Join(",", json.Items.Select(Render)) + "]",
        JsonString json => $"<{json.Text}>",
        JsonNumber json => json.Text,
        JsonBoolean json => json.Value ? "true" : "false",
        _ => "null",
    };

    private static string Render(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(",", value.EnumerateObject().Select(member => $"<{member.Name}>{Render(member.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Render)) + "]",
        JsonValueKind.String => $"<{value.GetString()}>",
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string RandomValue(Random random, int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => random.NextInt64(long.MinValue, long.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 => JsonSerializer.Serialize((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))),
        2 => JsonSerializer.Serialize(RandomText(random)),
        3 => new[] { "true", "false", "null" }[random.Next(3)],
        4 => "[" + string.Join(" , ", Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1))) + "]",
        _ => "{" + string.Join(",\n", Enumerable.Range(0, random.Next(4))
            .Select(_ => JsonSerializer.Serialize(RandomText(random)) + ": " + RandomValue(random, depth - 1))) + "}",
    };

    private static string RandomText(Random random)
        => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => char.ConvertFromUtf32(random.Next(4) == 0 ? 0x1F600 + random.Next(50) : random.Next(1, 0x500))));

    private static void Mutate(StringBuilder text, Random random)
    {
        int place = random.Next(text.Length);
        if (random.Next(3) == 0) text.Remove(place, 1);
        else text.Insert(place, _tokens[random.Next(_tokens.Length)]);
        if (text.Length == 0) text.Append('1');
    }
}

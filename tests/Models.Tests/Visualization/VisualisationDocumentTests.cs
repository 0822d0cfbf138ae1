using Transformer.Compiled.Generation;
using Transformer.Compiled.Visualization;
using static Models.Tests.Visualization.VisibleModels;

namespace Models.Tests.Visualization;

/// <summary>The example of visible attention in docs/visualisation.md is the body of a test.</summary>
public sealed class VisualisationDocumentTests
{
    private const int Start = 1, End = 2;

    [Fact]
    public void TheExampleWritesAPageOfAllThatWasSeen()
    {
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("visualisation-");
        using Translator.Weights weights = Translator.Weights.Initialize(1);
        string folder = temporary.FullName;
        int[] source = [5, 6, 7, 8];
        var sampler = new Sampler { Seed = 1 };

        // seen
        using var session = new Translator.AttentionSession(weights);          // as Translator.Session
        session.Encode(source);
        int token = Start;
        while (token != End && session.Position < session.ContextLength) token = session.Next(token, sampler);

        AttentionRecord cross = session.CrossAttentionOf(row: 0);              // with a tokenizer as second argument: texts of tokens
        AttentionView.WriteHtml($"{folder}/attention.html", cross, session.SourceAttentionOf(0), session.AttentionOf(0));
        AttentionView.WritePng($"{folder}/cross.png", cross, layer: 2);
        // end

        Assert.Equal(AttentionKind.Cross, cross.Kind);
        Assert.Equal(["attention.html", "cross.png"], temporary.GetFiles().Select(file => file.Name).Order());
        temporary.Delete(recursive: true);
    }

    [Fact]
    public void TheDocumentShowsTheExample()
    {
        string source = Between(Read("VisualisationDocumentTests.cs"), "        // seen\n", "        // end\n");
        string shown = Between(Read("visualisation.md"), "<!-- seen -->\n```csharp\n", "```\n");
        Assert.Equal(string.Join('\n', source.Split('\n').Select(line => line.Length < 8 ? line : line[8..])), shown);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", name));

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}

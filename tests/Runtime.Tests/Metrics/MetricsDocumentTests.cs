using Transformer.Compiled.Metrics;

namespace Runtime.Tests.Metrics;

/// <summary>The example of docs/metrics.md is the body of a test, and the values in its comments are what comes out.</summary>
public sealed class MetricsDocumentTests
{
    [Fact]
    public void TheExampleGivesItsValues()
    {
        // example
        var matrix = new ConfusionMatrix(classes: 3);
        matrix.Add(predictions: [0, 2, 1, 0, 0, 1], targets: [0, 1, 2, 0, 1, 2]);
        double macro = matrix.Macro.F1;                  // 0.267
        double ofClass0 = matrix.Score(0).F1;            // 0.8

        var bleu = new Bleu(BleuTokenization.Chinese);
        bleu.Add("我有两千零三十个苹果。", "我有两千三十个苹果。");
        string line = bleu.Score().ToString();           // BLEU = 70.17 90.9/80.0/66.7/50.0 … (sacreBLEU says the same)

        var spans = new SpanF1();
        spans.Add(predictions: ["B-PER", "I-PER", "O", "B-LOC"], targets: ["B-PER", "I-PER", "O", "O"]);
        PrecisionRecallF1 entities = spans.Micro;        // precision 0.5, recall 1, F1 0.667
        // end

        Assert.Equal(0.267, macro, 0.0005);
        Assert.Equal(0.8, ofClass0, 1e-15);
        Assert.StartsWith("BLEU = 70.17 90.9/80.0/66.7/50.0 ", line, StringComparison.Ordinal);
        Assert.Equal(new(0.5, 1, 2 / 3.0), entities);
    }

    [Fact]
    public void TheDocumentShowsTheExample()
    {
        string source = Between(Read("MetricsDocumentTests.cs"), "        // example\n", "        // end\n");
        string shown = Between(Read("metrics.md"), "```csharp\n", "```\n");
        Assert.Equal(string.Join('\n', source.Split('\n').Select(line => line.Length < 8 ? line : line[8..])), shown);
    }

    /// <summary>Every public metric of the room has its row.</summary>
    [Fact]
    public void TheDocumentNamesEveryMetric()
    {
        string document = Read("metrics.md");
        IEnumerable<Type> metrics = typeof(Bleu).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(Bleu).Namespace)
            .Where(type => type.GetMethods().Any(method => method.Name == "Add" && !method.IsStatic));
        Assert.All(metrics, metric => Assert.Contains($"| `{metric.Name}` |", document, StringComparison.Ordinal));
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", name));

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}

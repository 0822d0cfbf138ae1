using System.Reflection;
using Generator.Tests.Harness;
using Transformer.Compiled;

namespace Generator.Tests.Documents;

/// <summary>What documents show of the compiler is what the compiler does.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void TheReadmeShowsRealGeneratedCode()
    {
        string readme = Read("README.md");
        GeneratorRun run = GeneratorRun.Of(Block(readme, "declaration"));
        Assert.Empty(run.Diagnostics);

        string excerpt = Block(readme, "generated");
        string trainer = run.Files["CharGpt.Trainer.g.cs"];
        Assert.Contains(excerpt, string.Join('\n', trainer.Split('\n').Select(Outdented)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(TransformerAttribute))]
    [InlineData(typeof(TrainingAttribute))]
    [InlineData(typeof(InferenceAttribute))]
    [InlineData(typeof(CudaAttribute))]
    public void TheReferenceListsEveryPropertyWithItsType(Type attribute)
    {
        string name = attribute.Name[..^"Attribute".Length];
        IEnumerable<string> properties = attribute
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.CanWrite)
            .Select(property => $"| `{property.Name}` | `{TypeName(property.PropertyType)}` |");
        Assert.Equal(properties.Order(StringComparer.Ordinal), Rows(Section($"## `[{name}]`"), columns: 2).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(typeof(Activation))]
    [InlineData(typeof(NormKind))]
    [InlineData(typeof(NormPlacement))]
    [InlineData(typeof(PositionKind))]
    [InlineData(typeof(PairLayout))]
    [InlineData(typeof(RotaryScalingKind))]
    [InlineData(typeof(InitializationKind))]
    [InlineData(typeof(LossKind))]
    [InlineData(typeof(Precision))]
    [InlineData(typeof(GpuArchitecture))]
    [InlineData(typeof(Architecture))]
    [InlineData(typeof(HeadKind))]
    [InlineData(typeof(PoolingKind))]
    [InlineData(typeof(PairMask))]
    [InlineData(typeof(ResidualKind))]
    [InlineData(typeof(PositionCombination))]
    public void TheReferenceListsEveryChoice(Type choice)
        => Assert.Equal(Enum.GetNames(choice).Select(value => $"| `{value}` |"), Rows(Section($"### `{choice.Name}`"), columns: 1));

    /// <summary>The first columns of the table rows of a section; headings of tables have no code in them.</summary>
    private static IEnumerable<string> Rows(string section, int columns) => section
        .Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => string.Join('|', line.Split('|').Take(columns + 1)) + "|");

    private static string Section(string heading)
    {
        string text = Read(Path.Combine("docs", "spec-reference.md"));
        int start = text.IndexOf(heading + "\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"The reference has no section {heading}.");
        string depth = heading[..(heading.IndexOf(' ') + 1)];
        int end = text.IndexOf("\n" + depth, start, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    private static string Block(string document, string marker)
    {
        string start = $"<!-- {marker} -->\n```csharp\n";
        int from = document.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length, $"The document has no block {marker}.");
        return document[from..document.IndexOf("```", from, StringComparison.Ordinal)];
    }

    /// <summary>A line without the indentation of a member of a nested class.</summary>
    private static string Outdented(string line) => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line;

    private static string TypeName(Type type) =>
        type == typeof(int) ? "int"
        : type == typeof(bool) ? "bool"
        : type == typeof(double) ? "double"
        : type == typeof(string[]) ? "string[]"
        : type == typeof(double[]) ? "double[]"
        : type.Name;

    private static string Read(string path) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", path)).ReplaceLineEndings("\n");
}

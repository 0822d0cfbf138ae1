using Generator.Tests.Families;
using Generator.Tests.Harness;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Declarations.Configs;

namespace Generator.Tests.Documents;

/// <summary>What documents say of config families is what the tables of the families say.</summary>
public sealed class FamilyDocumentTests
{
    private static readonly string s_families = Path.Combine("docs", "families.md");

    [Fact]
    public void TheReadmesTableIsTheFamilies()
    {
        IEnumerable<string> rows = ConfigFamily.All.Select(family => $"| `{family.Table.Name}` | {Heads(family)} | {family.Summary} |");
        Compare("README.md", "families", string.Join('\n', ["| `model_type` of a Hugging Face `config.json` | heads | what is built |", "|---|---|---|", .. rows]));
    }

    [Fact]
    public void TheKeysOfEveryFamilyAreListed() => Compare(s_families, "families", string.Join("\n\n", ConfigFamily.All.Select(Section)));

    [Fact]
    public void TheKeysThatEveryFamilyIgnoresAreListed() => Compare(s_families, "ignored by all", Codes(ConfigFamily.CommonIgnorable));

    [Fact]
    public void EveryFamilyCanBeBuiltFromItsDefaults()
    {
        foreach (ConfigFamily family in ConfigFamily.All) ConfigSpecs.Defaults(family.Table.Name);
    }

    [Fact]
    public void EveryHeadOfEveryFamilyIsBuilt()
    {
        foreach (ConfigFamily family in ConfigFamily.All)
        {
            foreach ((string name, HeadKind head) in family.Architectures)
                Assert.Equal(head, ConfigSpecs.Defaults(family.Table.Name, $"\"architectures\": [\"{name}\"]").Head.Kind);
        }
    }

    private static string Section(ConfigFamily family)
    {
        ConfigTable table = family.Table;
        string[] bound = [.. table.Bound.Select(key => key.Key)];
        string[] ignored = [.. table.IgnorableKeys.Except(ConfigFamily.CommonIgnorable).Except(table.MappedKeys).Order(StringComparer.Ordinal)];
        string[] lines =
        [
            $"### `{table.Name}`",
            "",
            char.ToUpperInvariant(family.Summary[0]) + family.Summary[1..] + ".",
            "",
            .. family.Architectures.Count == 0 ? [] : new[] { "- Heads by `architectures`: " + string.Join(", ", family.Architectures.Select(known => $"`{known.Class}` ({known.Head})")) },
            "- Mapped, with the library's defaults: "
                + string.Join(", ", table.MappedKeys.Except(bound).Where(key => key != "model_type").Select(key => $"`{key}` ({table.DefaultOf(key)})")),
            "- Refused unless they have these values: " + string.Join(", ", table.Bound.Select(key => $"`{key.Key}` ({string.Join(" or ", key.Values)})")),
            .. ignored.Length == 0 ? [] : new[] { "- Ignored: " + Codes(ignored) },
        ];
        return string.Join('\n', lines);
    }

    private static string Heads(ConfigFamily family) => family.Architectures.Count == 0
        ? $"`{HeadKind.LanguageModel}`"
        : string.Join(", ", family.Architectures.Select(known => $"`{known.Head}`").Distinct());

    private static string Codes(IEnumerable<string> keys) => string.Join(", ", keys.Select(key => $"`{key}`"));

    /// <summary>Compares what stands between two markers of a document; what should stand there is kept where the test ran.</summary>
    private static void Compare(string document, string marker, string expected)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", document)).ReplaceLineEndings("\n");
        string start = $"<!-- {marker} -->\n", end = $"\n<!-- end of {marker} -->";
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length, to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= start.Length && to >= from, $"{document} has no part {marker}.");
        if (text[from..to].Trim('\n') == expected) return;

        string received = Path.Combine(AppContext.BaseDirectory, $"{Path.GetFileNameWithoutExtension(document)}.{marker}.received.md");
        File.WriteAllText(received, expected);
        Assert.Fail($"{document}: the part {marker} is not what the families say, which is in {received}.");
    }
}

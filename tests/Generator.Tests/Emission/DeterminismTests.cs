using System.Globalization;
using Generator.Tests.Models;
using Transformer.Compiled.Generator;
using Transformer.Compiled.Generator.Declarations;

namespace Generator.Tests.Emission;

/// <summary>Equal declarations give equal files, on every machine.</summary>
public sealed class DeterminismTests
{
    public static TheoryData<string> Models { get; } = new([.. TinyModels.Names, "GPT-2 124M"]);

    [Theory]
    [MemberData(nameof(Models))]
    public void CompilingTwiceGivesTheSame(string name) => Assert.Equal(Compile(name), Compile(name));

    [Theory]
    [MemberData(nameof(Models))]
    public void CulturesDoNotMatter(string name)
    {
        EquatableArray<GeneratedFile> expected = Compile(name);
        CultureInfo original = CultureInfo.CurrentCulture;
        try
        {
            var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            strange.NumberFormat.NegativeSign = "\u2212";
            strange.NumberFormat.NumberDecimalSeparator = ",";
            strange.NumberFormat.NumberGroupSeparator = ".";
            CultureInfo.CurrentCulture = strange;
            Assert.Equal(expected, Compile(name));
        }
        finally
        {
            CultureInfo.CurrentCulture = original;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TextIsCleanOfCarriageReturnsTabsAndTrailingBlanks(string name) => Assert.All(Compile(name), file =>
    {
        Assert.DoesNotContain('\r', file.Text);
        Assert.DoesNotContain('\t', file.Text);
        Assert.DoesNotContain(" \n", file.Text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", file.Text, StringComparison.Ordinal);
    });

    private static EquatableArray<GeneratedFile> Compile(string name)
    {
        ModelDeclaration declaration = TinyModels.Names.Contains(name) ? TinyModels.Declaration(name) : RealModels.Declaration(name);
        return ModelCompiler.Compile(declaration, CancellationToken.None);
    }
}

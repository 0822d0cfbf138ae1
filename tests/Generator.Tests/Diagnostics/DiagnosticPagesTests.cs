using System.Reflection;
using System.Text.RegularExpressions;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled.Generator.Diagnostics;

namespace Generator.Tests.Diagnostics;

public sealed partial class DiagnosticPagesTests
{
    private const string InternalErrorId = "TC9999";

    private static readonly DiagnosticDescriptor[] _descriptors =
        [.. typeof(DiagnosticDescriptors).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(field => field.GetValue(null))
            .OfType<DiagnosticDescriptor>()
            .OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal)];

    /// <summary>All but the internal error, which no code can provoke.</summary>
    public static TheoryData<string> Ids => [.. _descriptors.Select(descriptor => descriptor.Id).Where(id => id != InternalErrorId)];

    [Fact]
    public void IdsAreUniqueAndConsecutive()
        => Assert.Equal(
            Enumerable.Range(1, _descriptors.Length - 1).Select(number => $"TC{number:0000}").Append(InternalErrorId),
            _descriptors.Select(descriptor => descriptor.Id));

    [Fact]
    public void EveryDescriptorHasItsPageAndItsHelpLink()
    {
        Assert.Equal(
            _descriptors.Select(descriptor => descriptor.Id + ".md").Prepend("README.md"),
            Directory.GetFiles(DiagnosticPage.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(_descriptors, descriptor =>
        {
            Assert.EndsWith($"/docs/diagnostics/{descriptor.Id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
            Assert.StartsWith($"# {descriptor.Id}: {descriptor.Title}\n\n{descriptor.DefaultSeverity}. ", new DiagnosticPage(descriptor.Id).Text);
        });
    }

    [Fact]
    public void IndexListsAll()
        => Assert.Equal(
            _descriptors.Select(descriptor => $"| [{descriptor.Id}]({descriptor.Id}.md) | {descriptor.DefaultSeverity} | {descriptor.Title} |"),
            File.ReadLines(Path.Combine(DiagnosticPage.Folder, "README.md")).Where(line => line.StartsWith("| [", StringComparison.Ordinal)));

    [Fact]
    public void ReleaseFilesListAll()
    {
        string[] files = ["AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md"];
        Assert.Equal(
            _descriptors.Select(descriptor => (descriptor.Id, descriptor.Category, descriptor.DefaultSeverity.ToString())),
            files.SelectMany(file => Rule().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file))))
                .Select(rule => (rule.Groups[1].Value, rule.Groups[2].Value, rule.Groups[3].Value)));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void FailingCodeGivesExactlyThisDiagnostic(string id)
    {
        GeneratorRun run = GeneratorRun.Of(new DiagnosticPage(id).Section("Failing"));
        Assert.Null(run.Result.Exception);
        Assert.Equal(id, Assert.Single(run.Diagnostics).Id);
        Assert.Empty(run.SourceProblems);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void FixedCodeGivesNone(string id)
    {
        GeneratorRun run = GeneratorRun.Of(new DiagnosticPage(id).Section("Fixed"));
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.SourceProblems);
        Assert.NotEmpty(run.Files);
    }

    [GeneratedRegex(@"^(TC\d+) \| (\S+) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Rule();
}

using System.Text.RegularExpressions;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis.CSharp;

namespace Generator.Tests.Diagnostics;

/// <summary>
/// A page of docs/diagnostics. Under "Failing" and "Fixed" stand blocks of code: C# is a source file, JSON an additional file whose path stands
/// on the line above, XML what the project file would say.
/// </summary>
internal sealed partial class DiagnosticPage(string id)
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "DiagnosticPages");

    public string Text { get; } = File.ReadAllText(Path.Combine(Folder, id + ".md"));

    public GeneratorInput Section(string title)
    {
        string section = Text[(Text.IndexOf($"\n## {title}\n", StringComparison.Ordinal) + 1)..];
        int end = section.IndexOf("\n## ", StringComparison.Ordinal);
        var input = new GeneratorInput();
        foreach (Match block in CodeBlock().Matches(end < 0 ? section : section[..end])) input = Add(input, block);
        return input;
    }

    private static GeneratorInput Add(GeneratorInput input, Match block)
    {
        string code = block.Groups["code"].Value;
        switch (block.Groups["language"].Value)
        {
            case "csharp":
                return input.WithSource("Model.cs", code);
            case "json":
                return input.WithFile(block.Groups["path"].Value, code);
            case "xml" when LanguageVersionElement().Match(code) is { Success: true } element:
                return LanguageVersionFacts.TryParse(element.Groups[1].Value, out LanguageVersion version)
                    ? input with { LanguageVersion = version }
                    : throw new InvalidDataException($"Unknown language version: {code}");
            case "xml" when code.Contains("<CompilerVisibleProperty Remove=\"ProjectDir\" />", StringComparison.Ordinal):
                return input with { ProjectDirectory = null };
            case "xml" when code.Contains("\"Transformer.Compiled.Cuda\"", StringComparison.Ordinal):
                return input with { ReferencesCuda = true };
            default:
                return input;
        }
    }

    [GeneratedRegex(@"(?:^`(?<path>[^`]+)`:\n\n)?^```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("<LangVersion>(.+)</LangVersion>")]
    private static partial Regex LanguageVersionElement();
}

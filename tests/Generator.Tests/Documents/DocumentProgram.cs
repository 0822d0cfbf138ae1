using System.Text;
using System.Text.RegularExpressions;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace Generator.Tests.Documents;

/// <summary>
/// The C# of a document as one program: blocks with a declaration are types, everything else is the body of one method. A section sees what those
/// before it have declared, and may use the names anew.
/// </summary>
internal static partial class DocumentProgram
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;

        """;

    /// <summary>Configs that documents speak of, by path.</summary>
    private static readonly (string Path, string Text)[] s_configs =
    [
        .. new[] { "bert", "gpt2", "llama", "marian", "vit" }.Select(family => ($"{family}/config.json", $"{{ \"model_type\": \"{family}\" }}")),
    ];

    /// <summary>Generates the document's models and compiles all of its code.</summary>
    /// <param name="document">Its path in the repository.</param>
    /// <param name="takenForGranted">Members of a class which the document speaks of and does not declare.</param>
    public static void Compile(string document, string takenForGranted = "")
    {
        GeneratorInput input = GeneratorInput.Of(Text(Read(document), takenForGranted)) with { ReferencesCuda = true };
        foreach ((string path, string text) in s_configs) input = input.WithFile(path, text);
        GeneratorRun run = GeneratorRun.Of(input);
        Assert.Empty(run.Diagnostics);
        Assert.NotEmpty(run.Files);
        Assert.Empty(run.Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", path)).ReplaceLineEndings("\n");

    private static string Text(string document, string takenForGranted)
    {
        var usings = new StringBuilder(Usings);
        var types = new StringBuilder();
        var body = new StringBuilder();
        string[] sections = Heading().Split(document);
        foreach (string section in sections)
        {
            body.Append("void Section()\n{\n");
            foreach (Match block in Block().Matches(section)) Append(block.Groups[1].Value, usings, types, body);
        }

        string ends = new('}', sections.Length);
        return $"{usings}\n{types}\ninternal static partial class Document\n{{\n{takenForGranted}\ninternal static void Run()\n{{\n{body}{ends}\n}}\n}}\n";
    }

    private static void Append(string block, StringBuilder usings, StringBuilder types, StringBuilder body)
    {
        bool isDeclaration = block.Contains("[Transformer(", StringComparison.Ordinal);
        foreach (string line in block.Split('\n'))
        {
            bool isUsing = line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("using var ", StringComparison.Ordinal) && !line.StartsWith("using (", StringComparison.Ordinal);
            (isUsing ? usings : isDeclaration ? types : body).Append(line).Append('\n');
        }
    }

    /// <summary>Blocks of C#, but not those that show what is generated.</summary>
    [GeneratedRegex("(?<!<!-- generated -->\n)```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^##+ ", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

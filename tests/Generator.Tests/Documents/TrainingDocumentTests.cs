using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Transformer.Compiled;

namespace Generator.Tests.Documents;

/// <summary>The code of docs/training.md, all of it one program, compiles with what the generator makes of its declaration.</summary>
public sealed partial class TrainingDocumentTests
{
    [Fact]
    public void TheCodeCompiles()
    {
        string[] blocks = [.. Block().Matches(Document()).Select(match => match.Groups[1].Value)];
        Assert.True(blocks.Length > 8);
        GeneratorRun run = GeneratorRun.Of(Program(blocks));
        Assert.Empty(run.Diagnostics);
        Assert.Empty(run.Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void TheDocumentNamesEveryLoss() =>
        Assert.All(Enum.GetNames<LossKind>(), loss => Assert.Contains($"| `{loss}` |", Document(), StringComparison.Ordinal));

    [Fact]
    public void TheDocumentNamesEveryOptimizerAndSchedule()
    {
        Type[] types = typeof(ITrainer).Assembly.GetExportedTypes();
        Type optimizer = types.Single(type => type.Name == "Optimizer"), schedule = types.Single(type => type.Name == "LearningRateSchedule");
        IEnumerable<string> named = types.Where(type => !type.IsAbstract && (type.IsSubclassOf(optimizer) || type.IsSubclassOf(schedule))).Select(type => type.Name)
            .Concat(schedule.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => !method.IsSpecialName).Select(method => method.Name));
        Assert.All(named, name => Assert.Matches($"`{name}[`(]", Document()));
    }

    /// <summary>Declarations are types; everything else, in order, is the body of one method.</summary>
    private static string Program(string[] blocks)
    {
        var usings = new StringBuilder("using System;\nusing System.Collections.Generic;\nusing System.Linq;\n");
        var types = new StringBuilder();
        var body = new StringBuilder();
        foreach (string block in blocks)
        {
            bool isDeclaration = block.Contains("[Transformer(", StringComparison.Ordinal);
            foreach (string line in block.Split('\n'))
            {
                bool isUsing = line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("using var ", StringComparison.Ordinal);
                (isUsing ? usings : isDeclaration ? types : body).Append(line).Append('\n');
            }
        }

        return $"{usings}\n{types}\ninternal static class Document\n{{\n    internal static void Run()\n    {{\n{body}\n    }}\n}}\n";
    }

    private static string Document() =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "docs", "training.md")).ReplaceLineEndings("\n");

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}

using System.Reflection;
using Transformer.Compiled;

namespace Generator.Tests.Documents;

/// <summary>docs/training.md names all that it is about.</summary>
public sealed class TrainingDocumentTests
{
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

    private static string Document() => DocumentProgram.Read("docs/training.md");
}

using Generator.Tests.Harness;

namespace Generator.Tests.Ptx;

/// <summary>The modules of generated classes.</summary>
internal static class Modules
{
    /// <summary>Their text as the driver is given it, by the classes' names.</summary>
    /// <param name="attributes">Of the model, but for <c>[Cuda]</c>.</param>
    /// <param name="precision">Of products.</param>
    public static Dictionary<string, string> Of(string attributes, string precision = "Float32")
    {
        GeneratorRun run = GeneratorRun.Of(GeneratorInput.Of($"{attributes} [Cuda(Precision = Precision.{precision})] partial class Model;") with { ReferencesCuda = true });
        Assert.Empty(run.Diagnostics);
        return run.Files.Where(file => file.Key.EndsWith(".Ptx.g.cs", StringComparison.Ordinal)).ToDictionary(file => file.Key.Split('.')[1], file => Literal(file.Value));
    }

    /// <summary>The raw string in a file: its lines without what the last quotes are indented by.</summary>
    private static string Literal(string file)
    {
        string[] lines = file.Split("\"\"\"")[1].Split('\n');
        int indentation = lines[^1].Length;
        return string.Join('\n', lines[1..^1].Select(line => line.Length == 0 ? line : line[indentation..])) + "\n";
    }
}

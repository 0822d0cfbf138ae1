using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Transformer.Compiled.Generator;
using Transformer.Compiled.Threading;

namespace Transformer.Compiled.Benchmarks;

/// <summary>What an edit of a declaration costs the compiler: the generator's time to write the model anew, by number of layers.</summary>
internal static class GeneratorReport
{
    public static void Run(ComputeTeam team, TimeSpan duration)
    {
        Console.WriteLine("regenerating a GPT with training after an edit; medians");
        foreach (int layers in (int[])[12, 24, 48, 96])
        {
            (double median, int runs, int characters) = Measure(layers, duration / 4);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {layers} layers {median * 1e3,7:F1} ms, {characters:N0} characters, {runs} runs"));
        }
    }

    private static (double Median, int Runs, int Characters) Measure(int layers, TimeSpan duration)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new TransformerGenerator());
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Edited",
            [],
            [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))]);
        var seconds = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        for (int edit = 0; edit < 13 || Stopwatch.GetElapsedTime(begin) < duration; edit++)
        {
            CSharpCompilation edited = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Declaration(layers, vocabulary: 50000 + edit)));
            long start = Stopwatch.GetTimestamp();
            driver = driver.RunGenerators(edited);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        int characters = driver.GetRunResult().GeneratedTrees.Sum(tree => tree.Length);
        return (seconds.Skip(3).Order().ElementAt((seconds.Count - 3) / 2), seconds.Count - 3, characters);
    }

    private static string Declaration(int layers, int vocabulary) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        using Transformer.Compiled;
        [Transformer(VocabularySize = {vocabulary}, ContextLength = 1024, DModel = 768, Heads = 12, Layers = {layers})]
        [Training(BatchSize = 4, SequenceLength = 64)]
        public sealed partial class Gpt;
        """);
}

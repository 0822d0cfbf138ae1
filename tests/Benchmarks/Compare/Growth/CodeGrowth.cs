using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generator;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>What a GPT with training costs before it runs, by its layers: after an edit, in a build, at the first call, on disk.</summary>
internal static class CodeGrowth
{
    private const int Builds = 3;
    private const int Width = 768, Batch = 4, Sequence = 64;

    /// <summary>A first step costs no more than its compiling: the model is narrow.</summary>
    private const int NarrowWidth = 48, NarrowSequence = 16;

    private static readonly int[] _layers = [12, 24, 48, 96];

    /// <summary>The milliseconds that the generator may take after an edit, by layers.</summary>
    private static readonly Dictionary<int, double> _limits = new() { [12] = 50, [96] = 150 };

    public static void Run(CompareContext context)
    {
        AddGenerator(context);
        ModelCompilation.Of(Declare(2, Width, Sequence, 50000));
        double[][] builds = [.. _layers.Select(Build)];
        Add(context, "generate and compile a GPT with training", "ms", i => builds[i][0]);
        Add(context, "its assembly", "MB", i => builds[i][1]);
        FirstStep(context, layers: 2);
        double[] firstSteps = [.. _layers.Select(layers => FirstStep(context, layers))];
        Add(context, "first training step of a narrow GPT, compiled as it runs", "ms", i => firstSteps[i]);
        NativeGrowth.Run(context, _layers);
    }

    /// <summary>The declaration of the class Gpt.</summary>
    public static string Declare(int layers, int width, int sequence, int vocabulary) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        [Transformer(VocabularySize = {vocabulary}, ContextLength = 1024, DModel = {width}, Heads = 12, Layers = {layers})]
        [Training(BatchSize = {Batch}, SequenceLength = {sequence})]
        public sealed partial class Gpt;
        """);

    private static void Add(CompareContext context, string name, string unit, Func<int, double> costAt) =>
        context.Add(new GrowthCurve(name, "layers", "layer", unit, context.Threads, [.. _layers.Select((layers, i) => new GrowthPoint(layers, layers, costAt(i)))]));

    private static void AddGenerator(CompareContext context)
    {
        Timing[] edits = [.. _layers.Select(Edit)];
        Timing.Interleave(edits, context.Duration / 2);
        Add(context, "generator after an edit of a GPT with training", "ms", i => edits[i].Median * 1e3);
        foreach ((int layers, Timing edit) in _layers.Zip(edits))
        {
            if (_limits.TryGetValue(layers, out double limit)) context.Add(edit.Name, "limit", edit.Median * 1e3, limit, "ms", goal: 1);
        }
    }

    /// <summary>Writing the model anew when its declaration was changed, as an editor has it done at each stroke.</summary>
    private static Timing Edit(int layers)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new TransformerGenerator());
        int vocabulary = 50000;
        return new Timing(string.Create(CultureInfo.InvariantCulture, $"generator after an edit, GPT with training, {layers} layers"), () =>
        {
            CSharpCompilation edited = ModelCompilation.Parse(Declare(layers, Width, Sequence, vocabulary++));
            return Timing.SecondsOf(() => driver = driver.RunGenerators(edited));
        });
    }

    /// <summary>Milliseconds of generator and compiler, and megabytes of the assembly.</summary>
    private static double[] Build(int layers)
    {
        ModelCompilation[] builds = [.. Enumerable.Range(0, Builds).Select(build => ModelCompilation.Of(Declare(layers, Width, Sequence, 50000 + build)))];
        return [Median([.. builds.Select(build => build.Seconds * 1e3)]), builds[0].Bytes * 1e-6];
    }

    private static double FirstStep(CompareContext context, int layers)
    {
        ModelCompilation models = ModelCompilation.Of(Declare(layers, NarrowWidth, NarrowSequence, vocabulary: 64));
        using ModelWeights weights = models.Weights("Gpt");
        using ILanguageModelTrainer trainer = models.Trainer("Gpt", weights, new AdamW(), context.Team);
        int[] tokens = new int[Batch * NarrowSequence];
        long start = Stopwatch.GetTimestamp();
        trainer.Step(tokens, tokens);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

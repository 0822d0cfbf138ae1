using System.Diagnostics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generator;
using Transformer.Compiled.Threading;
using Transformer.Compiled.Training;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>Models that are generated and compiled while the program runs, so that their sizes may be chosen by it.</summary>
internal sealed class ModelCompilation
{
    /// <summary>All compilations continue from this one, so that what they refer to is read once.</summary>
    private static readonly CSharpCompilation _empty = CSharpCompilation.Create(
        "Models",
        [],
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));

    private readonly Assembly _assembly;

    private ModelCompilation(Assembly assembly, double seconds, int bytes)
    {
        _assembly = assembly;
        Seconds = seconds;
        Bytes = bytes;
    }

    /// <summary>What generator and compiler took together.</summary>
    public double Seconds { get; }

    /// <summary>The size of the assembly.</summary>
    public int Bytes { get; }

    /// <summary>Sources as a library that is compiled for release; nothing is generated yet.</summary>
    public static CSharpCompilation Parse(string source) => _empty.AddSyntaxTrees(CSharpSyntaxTree.ParseText("using Transformer.Compiled;\n" + source));

    /// <summary>Generates, compiles and loads public models that are declared by attributes.</summary>
    public static ModelCompilation Of(string source)
    {
        long start = Stopwatch.GetTimestamp();
        CSharpGeneratorDriver.Create(new TransformerGenerator()).RunGeneratorsAndUpdateCompilation(Parse(source), out Compilation output, out _);
        using MemoryStream stream = new();
        EmitResult result = output.Emit(stream);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return result.Success
            ? new ModelCompilation(Assembly.Load(stream.ToArray()), seconds, (int)stream.Length)
            : throw new InvalidOperationException($"A model does not compile: {result.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)}");
    }

    public ModelWeights Weights(string model) => (ModelWeights)Part(model, "Weights").GetMethod("Initialize", [typeof(ulong)])!.Invoke(null, [1UL])!;

    public IEncoder Encoder(string model, ModelWeights weights, ComputeTeam team) => (IEncoder)Activator.CreateInstance(Part(model, "Encoder"), weights, team)!;

    public IDecoderSession Session(string model, ModelWeights weights, ComputeTeam team) => (IDecoderSession)Activator.CreateInstance(Part(model, "Session"), weights, team)!;

    public ILanguageModelTrainer Trainer(string model, ModelWeights weights, Optimizer optimizer, ComputeTeam team) =>
        (ILanguageModelTrainer)Activator.CreateInstance(Part(model, "Trainer"), weights, optimizer, new TrainerOptions { Team = team })!;

    private Type Part(string model, string part) =>
        _assembly.GetType($"{model}+{part}") ?? throw new InvalidOperationException($"The models that were compiled have no {model}.{part}.");
}

using System.Diagnostics;
using System.Globalization;
using Transformer.Compiled.Kernels.Simd;

namespace Transformer.Compiled.Benchmarks.Compare;

/// <summary>
/// A GPT with training as a native program, by its layers: the time of `dotnet publish`, and the program's size. Needs the repository that this
/// program was built from.
/// </summary>
internal static class NativeGrowth
{
    private const string Framework = "net9.0";
    private const int Width = 768, Sequence = 64, Vocabulary = 50000;

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net9.0</TargetFramework>
          </PropertyGroup>
          <Import Project="$(RepositoryRoot)build/AheadOfTime.props" />
          <ItemGroup>
            <ProjectReference Include="$(RepositoryRoot)src/Runtime/Transformer.Compiled.csproj" />
            <ProjectReference Include="$(RepositoryRoot)src/Generator/Transformer.Compiled.Generator.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
          </ItemGroup>
        </Project>
        """;

    private const string Program = """
        using Transformer.Compiled;
        using Transformer.Compiled.Training;
        using var weights = Gpt.Weights.Initialize(1);
        using var trainer = new Gpt.Trainer(weights, new AdamW());
        int[] tokens = new int[trainer.BatchSize * trainer.SequenceLength];
        Console.WriteLine(trainer.Step(tokens, tokens));

        """;

    public static void Run(CompareContext context, int[] layers)
    {
        if (Repository() is not { } repository)
        {
            context.Missing("native programs", "this program does not lie in its repository, which they are built from");
            return;
        }
        List<GrowthPoint> seconds = [], megabytes = [];
        Publish(repository, 1);
        foreach (int count in layers)
        {
            long start = Stopwatch.GetTimestamp();
            if (Publish(repository, count) is not { } bytes)
            {
                context.Missing("native programs", $"`dotnet publish` for {Framework} failed; `dotnet publish models/TinyStories -p:AheadOfTime={Framework}` says why");
                return;
            }
            seconds.Add(new(count, count, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
            megabytes.Add(new(count, count, bytes * 1e-6));
        }
        context.Add(new GrowthCurve("publish a GPT with training as a native program", "layers", "layer", "ms", Environment.ProcessorCount, seconds));
        context.Add(new GrowthCurve("native program of a GPT with training", "layers", "layer", "MB", Environment.ProcessorCount, megabytes));
    }

    private static string? Repository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "build", "AheadOfTime.props"))) return folder.FullName;
        }
        return null;
    }

    /// <summary>The program's bytes; null where it was not built. All lies in the repository's folder of artifacts.</summary>
    private static long? Publish(string repository, int layers)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"Growth{layers}"), folder = Path.Combine(repository, "artifacts", "growth", name);
        string output = Path.Combine(folder, "native");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.csproj"), Project);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), Program + CodeGrowth.Declare(layers, Width, Sequence, Vocabulary));
        string instructions = Avx512.IsSupported ? "x86-x64-v4" : "x86-x64-v3";
        string[] arguments = ["publish", folder, $"-p:AheadOfTime={Framework}", $"-p:IlcInstructionSet={instructions}", "-v", "q", "-o", output];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        FileInfo program = new(Path.Combine(output, OperatingSystem.IsWindows() ? name + ".exe" : name));
        return process.ExitCode == 0 && program.Exists ? program.Length : null;
    }
}

using System.Collections.Concurrent;
using System.Reflection;
using Generator.Tests.Harness;
using Microsoft.CodeAnalysis.Emit;
using Models.Tests;
using Transformer.Compiled.Checkpoints;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Device.Rounding;

/// <summary>A reference model of tests/Fixtures, generated and compiled for a device at some precision, beside its graph.</summary>
internal sealed class DeviceFixture
{
    /// <summary>More rows than those that are never rounded, and less than most prompts have.</summary>
    private const int PrefillChunk = 11;

    private static readonly ConcurrentDictionary<(string Name, string Precision), Lazy<DeviceFixture>> s_all = [];
    private readonly MethodInfo _load;

    private DeviceFixture(string name, Precision precision)
    {
        Recorded = new Fixture(name);
        Precision = precision;
        string model = name == "bloom-tiny" ? "[Transformer(\"config.json\", ContextLength = 32)]" : "[Transformer(\"config.json\")]";
        Architecture architecture = GeneratorRun.Of(Configs.Model(Configs.Fixture(name), model)).Declarations.Single().Spec.Architecture;
        string attributes = $"{model} {Programs(architecture)} [Cuda(Precision = Precision.{precision})] public";
        GeneratorRun run = GeneratorRun.Of(Configs.Model(Configs.Fixture(name), attributes) with { ReferencesCuda = true });
        Assert.Empty(run.Diagnostics);
        Declaration = run.Declarations.Single();
        Graph = ModelBuilder.Build(Declaration);

        using var assembly = new MemoryStream();
        EmitResult result = run.Output.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        Model = Assembly.Load(assembly.ToArray()).GetType("Model", throwOnError: true)!;
        _load = Model.GetNestedType("Weights")!.GetMethod("Load")!;
    }

    /// <summary>Every reference model with rounded factors, and one of each architecture without, where what single precision may do is all there is.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string name in Configs.Fixtures)
            {
                cases.Add(name, nameof(Precision.Tf32));
                cases.Add(name, nameof(Precision.BFloat16));
            }

            foreach (string name in (string[])["llama-tiny", "bert-tiny-mlm", "t5-tiny"]) cases.Add(name, nameof(Precision.Float32));
            return cases;
        }
    }

    public Precision Precision { get; }

    public ModelDeclaration Declaration { get; }

    public ModelGraph Graph { get; }

    /// <summary>The inputs.</summary>
    public Fixture Recorded { get; }

    /// <summary>The generated class.</summary>
    public Type Model { get; }

    /// <summary>The same object whenever it is asked for.</summary>
    public static DeviceFixture Of(string name, string precision) =>
        s_all.GetOrAdd((name, precision), _ => new(() => new DeviceFixture(name, Enum.Parse<Precision>(precision)))).Value;

    public ModelWeights Load() => (ModelWeights)_load.Invoke(null, [Recorded.ModelPath])!;

    /// <summary>Programs of the sizes that the recorded inputs have.</summary>
    private string Programs(Architecture architecture)
    {
        if (Recorded.Has("in.pixel_values")) return $"[Training(BatchSize = {Recorded.Shape("in.pixel_values")[0]}), Inference(Batch = {Recorded.Shape("in.pixel_values")[0]})]";
        int[] inputs = Recorded.Shape("in.input_ids");
        return architecture switch
        {
            Architecture.DecoderOnly => $"[Training(BatchSize = {inputs[0]}, SequenceLength = {inputs[1]}), Inference(PrefillChunk = {PrefillChunk})]",
            Architecture.EncoderOnly => $"[Training(BatchSize = {inputs[0]}, SequenceLength = {inputs[1]}), Inference(Batch = {inputs[0]}, SequenceLength = {inputs[1]})]",
            _ => $"[Training(BatchSize = {inputs[0]}, SequenceLength = {Recorded.Shape("in.labels")[1]}, SourceLength = {inputs[1]}), Inference(PrefillChunk = {PrefillChunk})]",
        };
    }
}

using Generator.Tests.Graphs.Decoders;
using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;

namespace Generator.Tests.Device;

/// <summary>The kernels of every operation, executed from their text, beside the reference interpreter in double precision.</summary>
public sealed class OperationKernelTests
{
    public static TheoryData<string> Cases { get; } = new(GradientCases.All.Keys);

    public static TheoryData<string> Models { get; } = new(TinyModels.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void KernelsComputeWhatTheOperationsDo(string name)
    {
        TestGraph graph = GradientCases.Differentiated(name);
        var run = new RunState { HasMasks = false };
        var values = new DeviceCheckedValues(graph.Values);
        IEnumerable<Operation> operations = graph.Program.Phases.SelectMany(phase => phase.Sections).SelectMany(section => section.Operations);
        for (int microBatch = 0; microBatch < 2; microBatch++) Interpreter.Run(operations, values, run);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void KernelsComputeWhatTrainingDoes(string name) => Train(TinyModels.Declaration(name), Precision.Float32);

    /// <summary>Products on tensor cores, with odd numbers of everything: 3 · 11 rows, 5 heads of 11, a vocabulary of 131.</summary>
    [Theory]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public void KernelsOfRoundedFactorsComputeWhatTrainingDoes(string precision)
    {
        Train(TinyModels.Declaration("llama"), Enum.Parse<Precision>(precision));
        Train(
            Declared.Of("[Transformer(VocabularySize = 131, ContextLength = 11, DModel = 51, Heads = 5, HeadDim = 11, Layers = 1), Training(BatchSize = 3, SequenceLength = 11)]"),
            Enum.Parse<Precision>(precision));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void KernelsComputeWhatPrefillsAndDecodingDo(string name) => PrefillAndDecode(TinyModels.Declaration(name), Precision.Float32);

    /// <summary>Passes of 9 of at most 10 rows, on tensor cores, and decoding, which is not.</summary>
    [Theory]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public void KernelsOfRoundedFactorsComputeWhatPrefillsAndDecodingDo(string precision) => PrefillAndDecode(
        Declared.Of("[Transformer(VocabularySize = 131, ContextLength = 11, DModel = 51, Heads = 5, HeadDim = 11, Layers = 1), Inference(Batch = 2, PrefillChunk = 10)]"),
        Enum.Parse<Precision>(precision));

    private static void Train(ModelDeclaration declaration, Precision precision)
    {
        var model = new ModelRun(declaration, seed: 6);
        var run = new RunState { HasMasks = false, Precision = precision };
        model.RunOn(Programs.Train, _ => new DeviceCheckedValues(model.Values));
        model.TrainForward(model.Tokens(model.Rows), model.Tokens(model.Rows), run);
        model.TrainBackward(run);
    }

    private static void PrefillAndDecode(ModelDeclaration declaration, Precision precision)
    {
        var model = new ModelRun(declaration, seed: 6) { Precision = precision };
        (int slots, int chunk) = (declaration.Inference.Batch, declaration.Inference.PrefillChunk);
        model.RunOn(Programs.Prefill, _ => new DeviceCheckedValues(model.Values));
        model.RunOn(Programs.Decode, _ => new DeviceCheckedValues(model.Values));
        int prompt = Math.Max(1, chunk - 1);
        for (int slot = 0; slot < slots; slot++) model.Prefill(slot, position: 0, model.Tokens(prompt), Programs.LastLogitsPhase);
        for (int step = 0; step < 2 && prompt + step < declaration.Spec.Main.ContextLength; step++)
            model.Decode(model.Tokens(slots), [.. Enumerable.Repeat((double)(prompt + step), slots)]);
    }
}

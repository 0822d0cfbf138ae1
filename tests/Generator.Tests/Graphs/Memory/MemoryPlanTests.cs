using Generator.Tests.Graphs.Decoders;
using Generator.Tests.Graphs.Gradients;
using Generator.Tests.Graphs.Interpreter;
using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;
using Transformer.Compiled.Generator.Passes;

namespace Generator.Tests.Graphs.Memory;

public sealed class MemoryPlanTests
{
    public static TheoryData<string> Tiny { get; } = new(TinyModels.Names);

    public static TheoryData<string> Real { get; } = new(RealModels.Names);

    [Theory]
    [MemberData(nameof(Tiny))]
    public void TrainingInThePlannedArenaComputesTheSame(string name)
    {
        var model = new ModelRun(TinyModels.Declaration(name), seed: 2);
        for (ulong microBatch = 0; microBatch < 2; microBatch++)
        {
            model.RunOn(Programs.Train, program => new PlannedValues(program, model.Values));
            var run = new RunState { Seed = microBatch };
            model.TrainForward(model.Tokens(model.Rows), model.Tokens(model.Rows), run);
            model.TrainBackward(run);
        }
    }

    [Theory]
    [MemberData(nameof(Tiny))]
    public void InferenceInThePlannedArenaComputesTheSame(string name)
    {
        var model = new ModelRun(TinyModels.Declaration(name), seed: 2);
        (int slots, int chunk) = (model.Declaration.Inference.Batch, model.Declaration.Inference.PrefillChunk);
        foreach (string phase in (string[])[Programs.LastLogitsPhase, Programs.ChunkLogitsPhase])
        {
            for (int slot = 0; slot < slots; slot++)
            {
                model.RunOn(Programs.Prefill, program => new PlannedValues(program, model.Values));
                model.Prefill(slot, position: 0, model.Tokens(chunk), phase);
            }
        }
        model.RunOn(Programs.Decode, program => new PlannedValues(program, model.Values));
        double position = Math.Min(chunk, model.Declaration.Spec.Main.ContextLength - 1);
        model.Decode(model.Tokens(slots), [.. Enumerable.Repeat(position, slots)]);
    }

    [Fact]
    public void RandomGraphsInThePlannedArenaComputeTheSame()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            TestGraph graph = RandomGraphs.Build(seed);
            if (seed % 2 == 0) Fusion.FuseAddends(graph.Program);
            graph.Differentiate();
            if (seed % 3 == 0) Fusion.FuseActivations(graph.Program);
            Interpreter.Interpreter.Run(graph.Program.Operations, new PlannedValues(graph.Program, graph.Values), new RunState());
        }
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void RealModelsHaveSoundPlans(string name)
    {
        foreach (ProgramGraph program in ModelBuilder.Build(RealModels.Declaration(name)).Programs) PlacementChecker.Check(program, MemoryPlan.Of(program));
    }

    /// <summary>They are computed at the same time, so that what one writes must not be another's, or what they read.</summary>
    [Theory]
    [MemberData(nameof(Real))]
    [MemberData(nameof(Tiny))]
    public void LinearLayersSideBySideHavePlacesOfTheirOwn(string name)
    {
        ModelGraph model = ModelBuilder.Build(RealModels.Names.Contains(name) ? RealModels.Declaration(name) : TinyModels.Declaration(name));
        int groups = 0;
        foreach (ProgramGraph program in model.Programs)
        {
            var plan = program.Name == Programs.Train ? MemoryPlan.AmongGradients(program, new StoragePlan(model)) : MemoryPlan.Of(program);
            foreach (LinearGroup group in program.Phases.SelectMany(phase => phase.Sections).SelectMany(section => LinearGroup.Of(section.Operations)).Where(group => group.Operations.Count > 1))
            {
                groups++;
                Tensor x = Assert.Single(group.Operations.Select(operation => operation.Inputs[0]!).Distinct());
                Assert.All(group.Operations, operation => Assert.All(operation.Inputs, input => Assert.True(input == x || input is null or { Role: TensorRole.Parameter })));
                Tensor[] places = [x, .. group.Operations.SelectMany(operation => operation.Outputs)];
                (long Start, long End)[] ranges =
                    [.. places.Where(tensor => tensor.Role == TensorRole.Activation).Select(tensor => (Start: plan.OffsetOf(tensor)!.Value, plan.OffsetOf(tensor)!.Value + tensor.Shape.Elements)).Order()];
                Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start, $"{string.Join(", ", places.Select(place => place.Name))} overlap."));
            }
        }
        Assert.NotEqual(0, groups);
    }

    [Theory]
    [MemberData(nameof(Real))]
    [MemberData(nameof(Tiny))]
    public void ActivationsLieWhereGradientsAreMadeLater(string name)
    {
        ModelGraph model = ModelBuilder.Build(RealModels.Names.Contains(name) ? RealModels.Declaration(name) : TinyModels.Declaration(name));
        if (model.Programs.SingleOrDefault(program => program.Name == Programs.Train) is not { } program) return;
        var storage = new StoragePlan(model);
        var plan = MemoryPlan.AmongGradients(program, storage);
        PlacementChecker.Check(program, plan);
        Assert.InRange(plan.UsedFloats, 1, plan.Floats);
        Assert.InRange(Math.Max(0, plan.Floats - storage.TrainedFloats), 0, MemoryPlan.Of(program).Floats);

        HashSet<Parameter> made = [.. storage.TrainedParameters.Except(program.Operations.SelectMany(operation => operation.Outputs).Select(output => output.Parameter).OfType<Parameter>())];
        foreach (Operation operation in program.Operations)
        {
            foreach (Tensor output in operation.Outputs)
            {
                if (output is { Role: TensorRole.ParameterGradient, Parameter: { } parameter }) made.Add(parameter);
            }
            foreach (Tensor tensor in operation.Inputs.OfType<Tensor>().Concat(operation.Outputs).Where(tensor => plan.OffsetOf(tensor) is not null))
            {
                long start = plan.OffsetOf(tensor)!.Value, end = start + tensor.Shape.Elements;
                Assert.DoesNotContain(made, parameter => storage.OffsetOf(parameter) < end && start < storage.OffsetOf(parameter) + parameter.StorageFloats);
            }
        }
    }

    [Fact]
    public void GradientsHaveRoomForAlmostAllActivationsOfASmallBatch()
    {
        ModelGraph model = ModelBuilder.Build(Declared.Of(
            "[Transformer(VocabularySize = 50257, ContextLength = 1024, DModel = 768, Heads = 12, Layers = 12), Training(BatchSize = 4, SequenceLength = 64)]"));
        var storage = new StoragePlan(model);
        ProgramGraph program = model.Program(Programs.Train);
        Assert.InRange(MemoryPlan.AmongGradients(program, storage).Floats - storage.TrainedFloats, 0, MemoryPlan.Of(program).Floats / 50);
    }

    [Fact]
    public void InferenceMemoryDoesNotGrowWithLayers()
    {
        ModelDeclaration declaration = RealModels.Declaration("GPT-2 124M");
        long Floats(int layers) => MemoryPlan.Of(
            ModelBuilder.Build(declaration with { Spec = declaration.Spec with { Decoder = declaration.Spec.Decoder! with { Layers = layers } } }).Program(Programs.Prefill)).Floats;
        Assert.Equal(Floats(2), Floats(24));
    }
}

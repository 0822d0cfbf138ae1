using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Ptx;

namespace Generator.Tests.Ptx;

/// <summary>The modules of models of sizes that people run: every program is launched from kernels that all layers share.</summary>
public sealed class PtxPlanTests
{
    private const int MostBytes = 2_000_000;

    public static TheoryData<string> Models { get; } = new(RealModels.Names);

    [Theory]
    [MemberData(nameof(Models))]
    public void EveryProgramIsLaunchedFromOneSmallModule(string name)
    {
        ModelGraph model = ModelBuilder.Build(RealModels.Declaration(name));
        var plan = new PtxPlan(model);
        PlacedLaunch[] launches = [.. model.Programs.SelectMany(program => plan.Launches(program, program.Operations))];
        string text = plan.ModuleText;
        Assert.InRange(text.Length, 1, MostBytes);
        PtxModule module = PtxModule.Parse(text);
        PtxValidator.Validate(module);
        Assert.Equal(launches.Select(launch => launch.Kernel.Name).ToHashSet(), module.Entries.Select(entry => entry.Name).ToHashSet());
        Assert.All(launches, launch => Assert.Equal(launch.Kernel.Parameters.Count, launch.Arguments.Count));
    }

    [Fact]
    public void LayersShareKernels()
    {
        Assert.Equal(KernelsOf(2), KernelsOf(7));

        static SortedSet<string> KernelsOf(int layers)
        {
            ModelGraph model = ModelBuilder.Build(Declared.Of(
                $"[Transformer(VocabularySize = 131, ContextLength = 32, DModel = 48, Heads = 3, Layers = {layers}), Training(BatchSize = 2, SequenceLength = 9)]"));
            var plan = new PtxPlan(model);
            return [.. model.Programs.SelectMany(program => plan.Launches(program, program.Operations)).Select(launch => launch.Kernel.Name)];
        }
    }
}

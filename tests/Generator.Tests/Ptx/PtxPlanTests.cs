using Generator.Tests.Models;
using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.Ptx;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;
using Transformer.Compiled.Ptx;

namespace Generator.Tests.Ptx;

/// <summary>The modules of models of sizes that people run: every program is launched from kernels that all layers share.</summary>
public sealed class PtxPlanTests
{
    private const int MostBytes = 2_000_000;
    private const int MostText = 40 * 1024;
    private const int MostShared = 48 * 1024;
    private const int MostRegisters = 255;
    private const int RegistersOfMultiprocessor = 64 * 1024;

    public static TheoryData<string, string> Models
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string name in RealModels.Names)
            {
                foreach (string precision in Enum.GetNames<Precision>()) data.Add(name, precision);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void EveryProgramIsLaunchedFromOneSmallModule(string name, string precision)
    {
        ModelGraph model = ModelBuilder.Build(RealModels.Declaration(name));
        var plan = new PtxPlan(model, Enum.Parse<Precision>(precision));
        PlacedLaunch[] launches = [.. model.Programs.SelectMany(program => plan.Launches(program, program.Operations))];
        string text = plan.ModuleText;
        Assert.InRange(text.Length, 1, MostBytes);
        PtxModule module = PtxModule.Parse(text);
        PtxValidator.Validate(module);
        Assert.Equal(launches.Select(launch => launch.Kernel.Name).ToHashSet(), module.Entries.Select(entry => entry.Name).ToHashSet());
        Assert.All(launches, launch => Assert.Equal(launch.Kernel.Parameters.Count, launch.Arguments.Count));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void KernelsAreSmallAndFit(string name, string precision)
    {
        ModelGraph model = ModelBuilder.Build(RealModels.Declaration(name));
        var plan = new PtxPlan(model, Enum.Parse<Precision>(precision));
        IEnumerable<PtxKernel> kernels = model.Programs.SelectMany(program => plan.Launches(program, program.Operations)).Select(launch => launch.Kernel).Distinct();
        AssertFit(kernels);
    }

    /// <summary>The validator finds every instruction that the older architecture does not have.</summary>
    [Fact]
    public void ModulesInSinglePrecisionAreForVoltaToo()
    {
        foreach (string name in new[] { "GPT-2 124M", "small Llama", "four layers, post-norm" })
        {
            ModelGraph model = ModelBuilder.Build(RealModels.Declaration(name));
            var plan = new PtxPlan(model, Precision.Float32, GpuArchitecture.Volta);
            foreach (ProgramGraph program in model.Programs) plan.Launches(program, program.Operations);
            var module = PtxModule.Parse(plan.ModuleText);
            Assert.Equal("sm_70", module.Target);
            PtxValidator.Validate(module);
        }
    }

    [Theory]
    [InlineData("Tf32")]
    [InlineData("BFloat16")]
    public void RoundedFactorsAreNotForVolta(string precision)
    {
        ModelGraph model = ModelBuilder.Build(RealModels.Declaration("char model"));
        Assert.Throws<ArgumentException>(() => new PtxPlan(model, Enum.Parse<Precision>(precision), GpuArchitecture.Volta));
    }

    [Fact]
    public void KernelsOfOptimizersAreSmallAndFit() => AssertFit(UpdateKernels.All);

    [Fact]
    public void EqualModelsGiveEqualText()
    {
        Assert.Equal(TextOf(), TextOf());

        static string TextOf()
        {
            ModelGraph model = ModelBuilder.Build(RealModels.Declaration("GPT-2 124M"));
            var plan = new PtxPlan(model);
            foreach (ProgramGraph program in model.Programs) plan.Launches(program, program.Operations);
            return plan.ModuleText;
        }
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

    private static void AssertFit(IEnumerable<PtxKernel> kernels)
    {
        string[] problems = [.. kernels.SelectMany(Problems)];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    /// <summary>What the driver has to compile, and what a multiprocessor has to hold.</summary>
    private static IEnumerable<string> Problems(PtxKernel kernel)
    {
        int most = Math.Min(MostRegisters, RegistersOfMultiprocessor / kernel.Block.Count);
        if (kernel.Text.Length > MostText) yield return $"{kernel.Name}: {kernel.Text.Length} characters.";
        if (kernel.SharedBytes > MostShared) yield return $"{kernel.Name}: {kernel.SharedBytes} bytes of shared memory.";
        if (kernel.LiveRegisters > most) yield return $"{kernel.Name}: {kernel.LiveRegisters} registers of {most} in {kernel.Block.Count} threads.";
    }
}

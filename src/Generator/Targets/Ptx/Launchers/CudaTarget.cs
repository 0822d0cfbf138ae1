using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Declarations;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>The files of a model on GPUs: for each of its classes the launcher, and the module of the kernels that it launches.</summary>
internal static class CudaTarget
{
    public static IEnumerable<GeneratedFile> Emit(CSharpPlan plan, CancellationToken cancellation)
    {
        if (plan.Declaration.Cuda is null) yield break;
        InferenceClass inference = InferenceClass.Of(plan).First();
        CudaClass session = plan.Declaration.Spec.Architecture == Architecture.EncoderOnly
            ? CudaEncoderWriter.ClassOf(plan, inference)
            : CudaSessionWriter.ClassOf(plan, inference);
        CudaClass[] classes = plan.Declaration.Training is null ? [session] : [session, CudaTrainerWriter.ClassOf(plan)];
        foreach (CudaClass type in classes)
        {
            cancellation.ThrowIfCancellationRequested();
            var ptx = new PtxPlan(plan.Model, plan.Declaration.Cuda.Precision, plan.Declaration.Cuda.Architecture);
            ptx.Add([.. type.FurtherKernels, .. type.Steps.Select(step => step.Kernel)]);
            LaunchedPhase[] phases = [.. type.Phases.Select(phase => LaunchedPhase.Of(ptx, phase))];
            CudaClass whole = WithRounding(type, ptx);
            string prefix = $"{plan.Declaration.HintName}.{type.Name}";
            yield return new GeneratedFile($"{prefix}.g.cs", SourceFile.Write(plan, "Launches on a GPU", Sizes(ptx), new CudaClassWriter(plan, ptx, whole, phases).Write));
            yield return new GeneratedFile($"{prefix}.Ptx.g.cs", SourceFile.Write(plan, "Kernels for a GPU", [], writer => ModuleWriter.Write(ptx, type, writer)));
        }
    }

    /// <summary>With the launch that rounds weights, where products read them rounded.</summary>
    private static CudaClass WithRounding(CudaClass type, PtxPlan ptx)
    {
        if (ptx.RoundedWeights is not { } weights) return type;
        PtxKernel kernel = weights.Kernel;
        ptx.Add([kernel]);
        string first = weights.Start == 0 ? "Weights" : $"Weights + {CSharpPlan.Number(weights.Start * sizeof(float))}";
        return type with { Steps = [.. type.Steps, new CudaStep("LaunchRounding", kernel, [first, "RoundedWeights"])] };
    }

    private static IEnumerable<string> Sizes(PtxPlan ptx)
    {
        yield return $"kernels: {CSharpPlan.Number(ptx.Kernels.Count)}; offsets count bytes";
    }
}

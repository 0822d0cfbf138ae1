using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>Writes a class whose programs run on a GPU, with its launcher: short methods for each layer and phase, as on the CPU.</summary>
internal sealed class CudaClassWriter(CSharpPlan plan, PtxPlan ptx, CudaClass type, IReadOnlyList<LaunchedPhase> phases)
{
    public void Write(CodeWriter writer)
    {
        writer.Line($"/// <summary>{type.Summary}</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using CodeWriter.Block body = writer.Open($"public sealed partial class {type.Name} : Cuda::{type.Base}");
        type.WriteConstructor(writer);
        writer.Line();
        type.WriteShape(writer);
        writer.Line();
        WriteSizes(writer);
        TableFiller.Write(plan, type.Phases[0].Program, writer);
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        writer.Line($"protected override Cuda::{type.Launcher} CreateLauncher(Cuda::LauncherPlaces places) => new Launcher(places);");
        writer.Line();
        WriteLauncher(writer);
    }

    private void WriteSizes(CodeWriter writer)
    {
        (string Name, long Floats)[] further =
        [
            ("StateFloats", type.StateFloats), ("SampleWords", type.SampleWords),
            ("RoundedWeightFloats", ptx.RoundedWeights?.Floats ?? 0), ("RoundedFactorFloats", ptx.RoundedFactorFloats),
        ];
        string more = string.Join(", ", further.Where(size => size.Floats > 0).Select(size => $"{size.Name} = {CSharpPlan.Native(size.Floats)}"));
        writer.Line("private static readonly Cuda::CudaSizes s_sizes = new(");
        writer.Continue($"ActivationFloats: {CSharpPlan.Native(type.ActivationFloats)},\nWorkspaceFloats: {CSharpPlan.Native(ptx.WorkspaceFloats)}){(more.Length == 0 ? "" : $" {{ {more} }}")};");
    }

    private void WriteLauncher(CodeWriter writer)
    {
        using CodeWriter.Block launcher = writer.Open($"private sealed partial class Launcher : Cuda::{type.Launcher}");
        writer.Line("private readonly LoadedKernels _kernels;");
        writer.Line();
        writer.Line("internal Launcher(Cuda::LauncherPlaces places)");
        writer.Continue(": base(places, Ptx) => _kernels = new LoadedKernels(Module);");
        var phaseWriter = new LaunchWriter(plan, writer);
        foreach (LaunchedPhase phase in phases)
        {
            writer.Line();
            phaseWriter.Write(phase);
        }

        foreach (CudaStep step in type.Steps)
        {
            writer.Line();
            using CodeWriter.Block method = writer.Open($"public override void {step.Method}()");
            writer.Line("// " + step.Kernel.Formula);
            writer.Line($"Launch(_kernels.{step.Kernel.Name}, [{string.Join(", ", step.Arguments)}]);");
        }

        writer.Line();
        WriteKernels(writer);
    }

    /// <summary>The kernels that the launcher launches, each with the shape of its launches.</summary>
    private void WriteKernels(CodeWriter writer)
    {
        using CodeWriter.Block kernels = writer.Open("private sealed class LoadedKernels(Cuda::CudaModule module)");
        foreach (PtxKernel kernel in ptx.Kernels.Except(type.FurtherKernels))
        {
            writer.Line($"internal readonly Cuda::CudaKernel {kernel.Name} = new(");
            writer.Continue($"module, \"{kernel.Name}\", {Parameters(kernel)}, new(new({Size(kernel.Grid)}), new({Size(kernel.Block)})));");
        }
    }

    private static string Parameters(PtxKernel kernel) => kernel.Parameters.All(parameter => parameter.Kind == PtxParameterKind.Address)
        ? $"addresses: {CSharpPlan.Number(kernel.Parameters.Count)}"
        : $"[{string.Join(", ", kernel.Parameters.Select(parameter => "Cuda::CudaParameter." + parameter.Kind))}]";

    private static string Size(LaunchSize size) => (size.Y, size.Z) switch
    {
        (1, 1) => CSharpPlan.Number(size.X),
        (_, 1) => $"{CSharpPlan.Number(size.X)}, {CSharpPlan.Number(size.Y)}",
        _ => $"{CSharpPlan.Number(size.X)}, {CSharpPlan.Number(size.Y)}, {CSharpPlan.Number(size.Z)}",
    };
}

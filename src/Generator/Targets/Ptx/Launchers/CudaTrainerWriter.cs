using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Passes;
using Transformer.Compiled.Generator.Targets.CSharp;
using Transformer.Compiled.Generator.Targets.Ptx.Kernels;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>The <c>CudaTrainer</c> class: forward and backward over one static batch.</summary>
internal static class CudaTrainerWriter
{
    private const string Name = "CudaTrainer";

    public static CudaClass ClassOf(CSharpPlan plan)
    {
        ProgramGraph program = plan.Model.Program(Programs.Train);
        var host = new TrainerWriter(plan);
        return new CudaClass(
            Name, "Cuda" + host.Base, "TrainerLauncher", $"Trains <see cref=\"{plan.Declaration.Name}\"/> on batches of {host.Batches}, on a GPU.",
            [
                new(program, Programs.ForwardPhase, "LaunchForward", "Forward"),
                new(program, Differentiation.BackwardPhase, "LaunchBackward", "Backward"),
            ],
            MemoryPlan.Of(program).Floats)
        {
            FurtherKernels = UpdateKernels.All,
            WriteConstructor = WriteConstructor,
            WriteShape = writer => host.WriteShape(writer, activationFloats: 0),
        };
    }

    private static void WriteConstructor(CodeWriter writer)
    {
        writer.Line("/// <summary>Takes the weights exclusively until it is disposed; allocates all its memory here, on the host and on the device.</summary>");
        writer.Line("/// <param name=\"weights\">The parameters, which training changes: they are brought up to date when they are read, and when it ends.</param>");
        writer.Line("/// <param name=\"optimizer\">The rule and the rates of the updates.</param>");
        writer.Line("/// <param name=\"options\">The seed; the default when null.</param>");
        writer.Line("/// <param name=\"context\">The device; the first one, in a context of its own, when null.</param>");
        writer.Line("/// <exception cref=\"Cuda::CudaUnavailableException\">There is no device: the message says what was looked for and where.</exception>");
        writer.Line($"public {Name}(Weights weights, Training::Optimizer optimizer, Training::TrainerOptions? options = null, Cuda::CudaContext? context = null)");
        writer.Continue(": base(weights, optimizer, s_shape, s_sizes, context, options) => Initialize();");
    }
}

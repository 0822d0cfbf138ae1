using Transformer.Compiled.Generator.Architectures;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>The <c>CudaEncoder</c> class of an encoder-only model.</summary>
internal static class CudaEncoderWriter
{
    private const string Name = "CudaEncoder";

    public static CudaClass ClassOf(CSharpPlan plan, InferenceClass inference) => new(
        Name, "CudaEncoderSession", "EncoderLauncher",
        $"Runs <see cref=\"{plan.Declaration.Name}\"/> on whole sequences, on a GPU.",
        [new(inference.Program(Programs.Encode), Programs.EncodePhase, "LaunchEncode", "Encode")], inference.Floats)
    {
        WriteConstructor = writer => CudaSessionWriter.WriteConstructor(writer, Name, "encoders"),
        WriteShape = writer => new EncoderWriter(plan, inference).WriteShape(writer, activationFloats: 0),
    };
}

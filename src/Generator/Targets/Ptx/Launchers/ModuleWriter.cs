using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>Writes a module's text as a literal, whose bytes the compiler keeps as they are.</summary>
internal static class ModuleWriter
{
    public static void Write(PtxPlan ptx, CudaClass type, CodeWriter writer)
    {
        using CodeWriter.Block body = writer.Open($"public sealed partial class {type.Name}");
        using CodeWriter.Block launcher = writer.Open("private sealed partial class Launcher");
        writer.Line("private static global::System.ReadOnlySpan<byte> Ptx =>");
        writer.Continue("\"\"\"\n" + ptx.ModuleText + "\"\"\"u8;");
    }
}

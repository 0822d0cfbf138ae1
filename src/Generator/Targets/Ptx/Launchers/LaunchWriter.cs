using System.Globalization;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>Writes the phases of programs as methods of a launcher, and their sections as short methods.</summary>
internal sealed class LaunchWriter(CSharpPlan plan, CodeWriter writer)
{
    public void Write(LaunchedPhase phase)
    {
        string signature = $"public override void {phase.Phase.Method}()";
        if (phase.Sections.Count == 1)
        {
            Write(signature, phase.Sections[0]);
            return;
        }

        using (writer.Open(signature))
        {
            foreach (LaunchedSection section in phase.Sections) writer.Line($"{phase.Phase.SectionPrefix}{section.Name}();");
        }

        foreach (LaunchedSection section in phase.Sections)
        {
            writer.Line();
            Write($"private void {phase.Phase.SectionPrefix}{section.Name}()", section);
        }
    }

    private void Write(string signature, LaunchedSection section)
    {
        using CodeWriter.Block body = writer.Open(signature);
        bool isFirst = true;
        foreach (LaunchedOperation operation in section.Operations)
        {
            if (!isFirst) writer.Line();
            isFirst = false;
            string formula = operation.Operation.LowerToCSharp().Formula;
            writer.Line("// " + (section.Prefix.Length == 0 ? formula : formula.Replace(section.Prefix, "")));
            foreach (PlacedLaunch launch in operation.Launches)
                writer.Line($"Launch(_kernels.{launch.Kernel.Name}, [{string.Join(", ", launch.Arguments.Select(Text))}]);");
        }
    }

    private string Text(PlacedArgument argument) => argument.Place is { } place
        ? PointerOf(place) + (place.Offset == 0 ? "" : " + " + CSharpPlan.Number(place.Offset * sizeof(float)))
        : "0x" + argument.Word.ToString("X8", CultureInfo.InvariantCulture) + "u";

    /// <summary>The property of the launcher's base.</summary>
    private string PointerOf(DevicePlace place) => (place.Region, place.Name) switch
    {
        (DeviceRegion.Parameters, _) => "Weights",
        (DeviceRegion.Input, string input) => CSharpPlan.PascalCase(input),
        (DeviceRegion.Output, "chunk_logits") => "ChunkLogits",
        (DeviceRegion.Output, "loss") => "Loss",
        (DeviceRegion.Output, string output) => plan.Output(output),
        (DeviceRegion region, _) => region.ToString(),
    };
}

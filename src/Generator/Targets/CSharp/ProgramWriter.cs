using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.CSharp;

/// <summary>Writes the phases of a program as overrides of the run-time's base class, and their sections as short methods.</summary>
internal sealed class ProgramWriter(CSharpPlan plan, ProgramGraph program, CodeWriter writer)
{
    /// <summary>A phase with one section is that section; one with several calls them in order.</summary>
    /// <param name="signature">The override, such as <c>protected override void DecodeStep()</c>.</param>
    /// <param name="phase">The phase's name.</param>
    /// <param name="sectionPrefix">Begins the names of the sections' methods.</param>
    public void Phase(string signature, string phase, string sectionPrefix)
    {
        IReadOnlyList<Section> sections = program.Phases.Single(p => p.Name == phase).Sections;
        writer.Line();
        if (sections.Count == 1)
        {
            Section(signature, sections[0]);
            return;
        }
        bool isBounded = sections.SelectMany(s => s.Operations).SelectMany(o => o.Inputs).Any(t => t is { Shape.IsBounded: true });
        string argument = isBounded ? "rows" : "";
        using (writer.Open(signature))
        {
            foreach (Section section in sections)
            {
                string call = $"{sectionPrefix}{section.Name}({argument});";
                writer.Line(Returns(section) ? "return " + call : call);
            }
        }
        foreach (Section section in sections)
        {
            writer.Line();
            string result = Returns(section) ? "float" : "void";
            Section($"private {result} {sectionPrefix}{section.Name}({(isBounded ? "int rows" : "")})", section);
        }
    }

    private void Section(string signature, Section section)
    {
        using CodeWriter.Block body = writer.Open(signature);
        bool isFirst = true;
        foreach (Operation operation in section.Operations)
        {
            if (!isFirst) writer.Line();
            isFirst = false;
            KernelCall call = operation.LowerToCSharp();
            writer.Line("// " + WithoutLayer(call.Formula, section));
            string text = plan.Kernels.Call(plan, program, call) + ";";
            writer.Line(call.ReturnsValue ? "return " + text : text);
        }
    }

    /// <summary>Inside the method of layer 3, <c>layers.3.attention.query</c> reads <c>attention.query</c>.</summary>
    private static string WithoutLayer(string formula, Section section) =>
        section.Name.StartsWith("Layer", StringComparison.Ordinal)
            ? formula.Replace($"layers.{section.Name.Substring("Layer".Length)}.", "")
            : formula;

    private static bool Returns(Section section) =>
        section.Operations.Count > 0 && section.Operations[section.Operations.Count - 1].LowerToCSharp().ReturnsValue;
}

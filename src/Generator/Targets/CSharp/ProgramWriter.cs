using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Ops;

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
        LoweredSection[] sections = [.. program.Phases.Single(p => p.Name == phase).Sections.Select(s => new LoweredSection(s))];
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        if (sections.Length == 1)
        {
            Section(signature, sections[0]);
            return;
        }
        bool isBounded = Array.Exists(sections, section => section.IsBounded);
        string argument = isBounded ? "rows" : "";
        using (writer.Open(signature))
        {
            foreach (LoweredSection section in sections)
            {
                string call = $"{sectionPrefix}{section.Name}({argument});";
                writer.Line(section.ReturnsValue ? "return " + call : call);
            }
        }
        foreach (LoweredSection section in sections)
        {
            writer.Line();
            string result = section.ReturnsValue ? "float" : "void";
            Section($"private {result} {sectionPrefix}{section.Name}({(isBounded ? "int rows" : "")})", section);
        }
    }

    private void Section(string signature, LoweredSection section)
    {
        using CodeWriter.Block body = writer.Open(signature);
        bool isFirst = true;
        foreach (KernelCall call in section.Calls)
        {
            if (!isFirst) writer.Line();
            isFirst = false;
            foreach (string line in section.WithoutPrefix(call.Formula).Split('\n')) writer.Line("// " + line);
            string text = plan.Kernels.Call(plan, program, call) + ";";
            writer.Line(call.ReturnsValue ? "return " + text : text);
        }
    }

    private sealed class LoweredSection(Section section)
    {
        public string Name => section.Name;

        public KernelCall[] Calls { get; } = [.. LinearGroup.Of(section.Operations).Select(group => group.Lower())];

        /// <summary>Whether its last call's result is that of the phase.</summary>
        public bool ReturnsValue => Calls.Length > 0 && Calls[Calls.Length - 1].ReturnsValue;

        public bool IsBounded => section.Operations.Exists(o => Array.Exists(o.Inputs, t => t is { Shape.IsBounded: true }));

        /// <summary>Inside the method of layer 3, <c>layers.3.attention.query</c> reads <c>attention.query</c>.</summary>
        public string WithoutPrefix(string formula) => section.Prefix.Length == 0 ? formula : formula.Replace(section.Prefix, "");
    }
}

using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Passes;

/// <summary>Reverse-mode differentiation as a transformation of the graph: appends a phase that makes every trained parameter's gradient.</summary>
internal static class Differentiation
{
    public const string BackwardPhase = "Backward";

    /// <summary>Differentiates the last operation of the program, whose first output is the scalar loss.</summary>
    public static void AppendBackward(ProgramGraph program)
    {
        Section[] forward = [.. program.Phases.SelectMany(p => p.Sections)];
        HashSet<Tensor> needed = DependentOnTrained(program.Operations);
        var gradients = new GradientBuilder(program, needed);

        program.BeginPhase(BackwardPhase);
        foreach (Section section in Enumerable.Reverse(forward))
        {
            Operation[] operations = [.. section.Operations.Where(o => o.Outputs.Any(needed.Contains))];
            if (operations.Length == 0) continue;
            program.BeginSection(section.Name, section.Prefix);
            foreach (Operation operation in Enumerable.Reverse(operations)) operation.Differentiate(gradients);
        }
    }

    private static HashSet<Tensor> DependentOnTrained(IEnumerable<Operation> operations)
    {
        var dependent = new HashSet<Tensor>();
        foreach (Operation operation in operations)
        {
            bool depends = false;
            foreach (Tensor? input in operation.Inputs)
            {
                if (input is null) continue;
                if (input.Parameter is { IsTrained: true }) dependent.Add(input);
                depends |= dependent.Contains(input);
            }
            if (depends) dependent.UnionWith(operation.Outputs);
        }
        return dependent;
    }
}

using Transformer.Compiled.Generator.Graph;
using Transformer.Compiled.Generator.Targets.CSharp;

namespace Transformer.Compiled.Generator.Ops;

/// <summary>
/// Operations of a program that one call of the C# target computes: linear layers that come one after another and read the same x, side by side, or any other operation alone.
/// <para>
/// Running at the same time is sound wherever running in order is: x lives until the last of them has read it, they read nothing else but parameters, so nothing ends its life
/// among them, and the plan of memory gives each result a place of its own.
/// </para>
/// </summary>
internal sealed class LinearGroup
{
    /// <summary>Layers that a kernel of the run-time takes at most.</summary>
    private const int MostLayers = 3;

    private readonly List<Operation> _operations;

    private LinearGroup(Operation first) => _operations = [first];

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>All operations, in order.</summary>
    public static IReadOnlyList<LinearGroup> Of(IEnumerable<Operation> operations)
    {
        List<LinearGroup> groups = [];
        foreach (Operation operation in operations)
        {
            if (groups.LastOrDefault() is { } last && last.Takes(operation)) last._operations.Add(operation);
            else groups.Add(new LinearGroup(operation));
        }
        return groups;
    }

    public KernelCall Lower() => _operations.Count == 1 ? _operations[0].LowerToCSharp() : Linear.LowerToCSharp([.. _operations.Cast<Linear>()]);

    private bool Takes(Operation operation) =>
        _operations.Count < MostLayers && operation is Linear { Addend: null } layer && _operations[0] is Linear { Addend: null } first && layer.Inputs[0] == first.Inputs[0];
}

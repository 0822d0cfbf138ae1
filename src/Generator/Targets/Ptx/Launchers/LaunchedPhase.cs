using Transformer.Compiled.Generator.Graph;

namespace Transformer.Compiled.Generator.Targets.Ptx.Launchers;

/// <summary>An operation and the launches that do it.</summary>
internal sealed record LaunchedOperation(Operation Operation, IReadOnlyList<PlacedLaunch> Launches);

/// <summary>A section of a phase, lowered.</summary>
internal sealed record LaunchedSection(string Name, string Prefix, IReadOnlyList<LaunchedOperation> Operations);

/// <summary>A phase, lowered.</summary>
internal sealed record LaunchedPhase(CudaPhase Phase, IReadOnlyList<LaunchedSection> Sections)
{
    public static LaunchedPhase Of(PtxPlan plan, CudaPhase phase)
    {
        Phase graph = phase.Program.Phases.Single(candidate => candidate.Name == phase.Phase);
        return new LaunchedPhase(phase, [.. graph.Sections.Select(section => new LaunchedSection(
            section.Name, section.Prefix, [.. section.Operations.Select(operation => new LaunchedOperation(operation, plan.Launches(phase.Program, [operation])))]))]);
    }
}

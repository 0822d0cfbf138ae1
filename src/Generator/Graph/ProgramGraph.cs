namespace Transformer.Compiled.Generator.Graph;

/// <summary>Operations that become one method: a layer of a phase, the embedding, the head.</summary>
internal sealed class Section(string name)
{
    public string Name { get; } = name;

    public List<Operation> Operations { get; } = [];
}

/// <summary>What one entry point of a program runs: forward, backward, the head on the last row.</summary>
internal sealed class Phase(string name)
{
    public string Name { get; } = name;

    public List<Section> Sections { get; } = [];
}

/// <summary>
/// A straight line of operations with static shapes. Phases run in order, though a caller may leave out later ones; memory
/// is planned over all of them.
/// </summary>
internal sealed class ProgramGraph(string name)
{
    public string Name { get; } = name;

    public List<Phase> Phases { get; } = [];

    public IEnumerable<Operation> Operations => Phases.SelectMany(p => p.Sections).SelectMany(s => s.Operations);

    public long FloatingPointOperations => Operations.Sum(o => o.FloatingPointOperations);

    public void BeginPhase(string phase) => Phases.Add(new Phase(phase));

    public void BeginSection(string section) => Phases[Phases.Count - 1].Sections.Add(new Section(section));

    /// <summary>Appends to the open section and gives the first output.</summary>
    public Tensor Add(Operation operation)
    {
        List<Section> sections = Phases[Phases.Count - 1].Sections;
        sections[sections.Count - 1].Operations.Add(operation);
        Connect(operation);
        return operation.Outputs[0];
    }

    /// <summary>Puts one operation in the place of another; the old one's outputs must have no consumers left.</summary>
    public void Replace(Operation old, Operation replacement)
    {
        foreach (Section section in Phases.SelectMany(p => p.Sections))
        {
            int index = section.Operations.IndexOf(old);
            if (index < 0) continue;
            Disconnect(old);
            section.Operations[index] = replacement;
            Connect(replacement);
            return;
        }
        throw new InvalidOperationException($"{old.Name} is not in {Name}.");
    }

    public void Remove(Operation operation)
    {
        foreach (Section section in Phases.SelectMany(p => p.Sections))
        {
            if (!section.Operations.Remove(operation)) continue;
            Disconnect(operation);
            return;
        }
    }

    private static void Connect(Operation operation)
    {
        foreach (Tensor? input in operation.Inputs) input?.Consumers.Add(operation);
        foreach (Tensor output in operation.Outputs) output.Producer = operation;
    }

    private static void Disconnect(Operation operation)
    {
        foreach (Tensor? input in operation.Inputs) input?.Consumers.Remove(operation);
    }
}

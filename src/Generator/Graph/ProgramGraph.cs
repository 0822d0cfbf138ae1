namespace Transformer.Compiled.Generator.Graph;

/// <summary>Operations that become one method: a layer of a phase, the embedding, the head.</summary>
internal sealed class Section(string name, string prefix)
{
    public string Name { get; } = name;

    /// <summary>What the names of its own values begin with.</summary>
    public string Prefix { get; } = prefix;

    public List<Operation> Operations { get; } = [];
}

/// <summary>What one entry point of a program runs: forward, backward, the head on the last row.</summary>
internal sealed class Phase(string name)
{
    public string Name { get; } = name;

    public List<Section> Sections { get; } = [];

    public IEnumerable<Operation> Operations => Sections.SelectMany(s => s.Operations);
}

/// <summary>
/// A straight line of operations with static shapes. Phases run in order, though a caller may leave out later ones; memory
/// is planned over all of them.
/// </summary>
internal sealed class ProgramGraph(string name)
{
    public string Name { get; } = name;

    public List<Phase> Phases { get; } = [];

    public IEnumerable<Operation> Operations => Phases.SelectMany(p => p.Operations);

    public long FloatingPointOperations => Operations.Sum(o => o.FloatingPointOperations);

    public void BeginPhase(string phase) => Phases.Add(new Phase(phase));

    public void BeginSection(string section, string prefix = "") => Phases[Phases.Count - 1].Sections.Add(new Section(section, prefix));

    /// <summary>Appends to the open section and gives the first output.</summary>
    public Tensor Add(Operation operation)
    {
        List<Section> sections = Phases[Phases.Count - 1].Sections;
        sections[sections.Count - 1].Operations.Add(operation);
        Connect(operation);
        return operation.Outputs[0];
    }

    /// <summary>Puts one operation in the place of another; the old one's outputs must have no consumers left but the new one's.</summary>
    public void Replace(Operation old, Operation replacement)
    {
        (Section section, int index) = Find(old);
        Disconnect(old);
        section.Operations[index] = replacement;
        Connect(replacement);
    }

    public void InsertBefore(Operation place, Operation operation)
    {
        (Section section, int index) = Find(place);
        section.Operations.Insert(index, operation);
        Connect(operation);
    }

    /// <summary>Lets a reader of one value read another one of the same shape.</summary>
    public static void Redirect(Operation reader, Tensor from, Tensor to)
    {
        Disconnect(reader);
        for (int slot = 0; slot < reader.Inputs.Length; slot++)
        {
            if (reader.Inputs[slot] == from) reader.Inputs[slot] = to;
        }
        foreach (Tensor? input in reader.Inputs) input?.Consumers.Add(reader);
    }

    public void Remove(Operation operation)
    {
        (Section section, int index) = Find(operation);
        Disconnect(operation);
        section.Operations.RemoveAt(index);
    }

    private (Section Section, int Index) Find(Operation operation)
    {
        foreach (Phase phase in Phases)
        {
            foreach (Section section in phase.Sections)
            {
                int index = section.Operations.IndexOf(operation);
                if (index >= 0) return (section, index);
            }
        }
        throw new InvalidOperationException($"{operation.Name} is not in {Name}.");
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

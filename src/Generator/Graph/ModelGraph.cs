namespace Transformer.Compiled.Generator.Graph;

/// <summary>A model: parameters, tables, state, and the programs that share them.</summary>
internal sealed class ModelGraph
{
    private readonly Dictionary<string, Parameter> _byName = new(StringComparer.Ordinal);

    public List<Parameter> Parameters { get; } = [];

    public List<TableSet> Tables { get; } = [];

    public List<StateSlot> States { get; } = [];

    public List<ProgramGraph> Programs { get; } = [];

    public long ParameterCount => Parameters.Sum(p => p.Elements);

    public Parameter this[string name] => _byName[name];

    public Parameter Add(Parameter parameter)
    {
        _byName.Add(parameter.Name, parameter);
        Parameters.Add(parameter);
        return parameter;
    }

    public bool Has(string name) => _byName.ContainsKey(name);

    public ProgramGraph Program(string name) => Programs.Single(p => p.Name == name);
}
